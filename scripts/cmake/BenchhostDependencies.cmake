# Third-party libraries that several modules share, visible to tests and plugins too. Modules name the targets they use;
# nothing else is looked up twice. 1.75 is the first Boost with Boost.JSON.
find_package(Boost 1.75 REQUIRED GLOBAL COMPONENTS json program_options filesystem)
find_package(fmt REQUIRED GLOBAL)
find_package(PkgConfig REQUIRED)
