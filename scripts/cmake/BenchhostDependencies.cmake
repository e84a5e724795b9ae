# Third-party libraries that several modules share. Modules name the targets they use; nothing else is looked up twice.
# 1.75 is the first Boost with Boost.JSON.
find_package(Boost 1.75 REQUIRED COMPONENTS json program_options filesystem)
find_package(fmt REQUIRED)
find_package(PkgConfig REQUIRED)
