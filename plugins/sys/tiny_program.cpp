#include "tiny_program.h"

#include <cstddef>
#include <cstring>

#if defined(__linux__)
#include <elf.h>
#endif

namespace sys {

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

namespace {

// Numbers of system calls are those of Linux on that architecture.
#if defined(__x86_64__)

constexpr std::uint16_t kMachine = EM_X86_64;

constexpr unsigned char kLeave[] = {
    0x48, 0x8b, 0x44, 0x24, 0x10,  //        mov   rax, [rsp+16]      argv[1]
    0x0f, 0xb6, 0x38,              //        movzx edi, byte [rax]
    0xb8, 0x3c, 0x00, 0x00, 0x00,  //        mov   eax, 60            exit
    0x0f, 0x05,                    //        syscall
};

// The buffer lies below the stack pointer, in the 128 bytes that are a function's own.
constexpr unsigned char kEcho[] = {
    0x31, 0xc0,                    // again: xor   eax, eax           read
    0x31, 0xff,                    //        xor   edi, edi
    0x48, 0x8d, 0x74, 0x24, 0xc0,  //        lea   rsi, [rsp-64]
    0xba, 0x08, 0x00, 0x00, 0x00,  //        mov   edx, 8
    0x0f, 0x05,                    //        syscall
    0x48, 0x83, 0xf8, 0x08,        //        cmp   rax, 8
    0x75, 0x17,                    //        jne   done
    0x48, 0xff, 0x44, 0x24, 0xc0,  //        inc   qword [rsp-64]
    0xb8, 0x01, 0x00, 0x00, 0x00,  //        mov   eax, 1             write
    0xbf, 0x01, 0x00, 0x00, 0x00,  //        mov   edi, 1
    0x0f, 0x05,                    //        syscall
    0x48, 0x83, 0xf8, 0x08,        //        cmp   rax, 8
    0x74, 0xd3,                    //        je    again
    0x89, 0xc7,                    // done:  mov   edi, eax           0 at end of file
    0xb8, 0x3c, 0x00, 0x00, 0x00,  //        mov   eax, 60            exit
    0x0f, 0x05,                    //        syscall
};

#else

constexpr std::uint16_t kMachine = EM_AARCH64;

constexpr unsigned char kLeave[] = {
    0xe0, 0x0b, 0x40, 0xf9,  //        ldr  x0, [sp, #16]   argv[1]
    0x00, 0x00, 0x40, 0x39,  //        ldrb w0, [x0]
    0xa8, 0x0b, 0x80, 0xd2,  //        mov  x8, #93         exit
    0x01, 0x00, 0x00, 0xd4,  //        svc  #0
};

constexpr unsigned char kEcho[] = {
    0xff, 0x43, 0x00, 0xd1,  //        sub  sp, sp, #16
    0x00, 0x00, 0x80, 0xd2,  // again: mov  x0, #0
    0xe1, 0x03, 0x00, 0x91,  //        mov  x1, sp
    0x02, 0x01, 0x80, 0xd2,  //        mov  x2, #8
    0xe8, 0x07, 0x80, 0xd2,  //        mov  x8, #63         read
    0x01, 0x00, 0x00, 0xd4,  //        svc  #0
    0x1f, 0x20, 0x00, 0xf1,  //        cmp  x0, #8
    0x21, 0x01, 0x00, 0x54,  //        b.ne done
    0xe3, 0x03, 0x40, 0xf9,  //        ldr  x3, [sp]
    0x63, 0x04, 0x00, 0x91,  //        add  x3, x3, #1
    0xe3, 0x03, 0x00, 0xf9,  //        str  x3, [sp]
    0x20, 0x00, 0x80, 0xd2,  //        mov  x0, #1
    0x08, 0x08, 0x80, 0xd2,  //        mov  x8, #64         write
    0x01, 0x00, 0x00, 0xd4,  //        svc  #0
    0x1f, 0x20, 0x00, 0xf1,  //        cmp  x0, #8
    0x40, 0xfe, 0xff, 0x54,  //        b.eq again
    0xa8, 0x0b, 0x80, 0xd2,  // done:  mov  x8, #93         exit, 0 at end of file
    0x01, 0x00, 0x00, 0xd4,  //        svc  #0
};

#endif

// Where linkers put programs that do not move, and the largest page of either architecture.
constexpr std::uint64_t kAddress = 0x400000;
constexpr std::uint64_t kPageBytes = 0x10000;

template <std::size_t N>
std::vector<unsigned char> executable(const unsigned char (&code)[N]) {
  constexpr std::size_t kHeaderBytes = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
  Elf64_Ehdr file{};
  std::memcpy(file.e_ident, ELFMAG, SELFMAG);
  file.e_ident[EI_CLASS] = ELFCLASS64;
  file.e_ident[EI_DATA] = ELFDATA2LSB;
  file.e_ident[EI_VERSION] = EV_CURRENT;
  file.e_type = ET_EXEC;
  file.e_machine = kMachine;
  file.e_version = EV_CURRENT;
  file.e_entry = kAddress + kHeaderBytes;
  file.e_phoff = sizeof file;
  file.e_ehsize = sizeof file;
  file.e_phentsize = sizeof(Elf64_Phdr);
  file.e_phnum = 2;

  Elf64_Phdr segments[2] = {};
  segments[0].p_type = PT_LOAD;
  segments[0].p_flags = PF_R | PF_X;
  segments[0].p_vaddr = segments[0].p_paddr = kAddress;
  segments[0].p_filesz = segments[0].p_memsz = kHeaderBytes + N;
  segments[0].p_align = kPageBytes;
  // Without it the kernel would make the stack executable, which some systems refuse.
  segments[1].p_type = PT_GNU_STACK;
  segments[1].p_flags = PF_R | PF_W;

  std::vector<unsigned char> bytes(kHeaderBytes + N);
  std::memcpy(bytes.data(), &file, sizeof file);
  std::memcpy(bytes.data() + sizeof file, segments, sizeof segments);
  std::memcpy(bytes.data() + kHeaderBytes, code, N);
  return bytes;
}

}  // namespace

std::vector<unsigned char> tiny_program(Tiny which) {
  return which == Tiny::leave ? executable(kLeave) : executable(kEcho);
}

#else

std::vector<unsigned char> tiny_program(Tiny) { return {}; }

#endif

}  // namespace sys
