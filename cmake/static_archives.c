// What Debian's libbpf.a and libelf.a lack to be part of a shared object: they are compiled for executables.
//
// Two of their habits cannot be linked into one: libbpf.a takes the address of libc's `stderr` as if it were in the
// same file, and libelf.a's elf_error.o counts on thread-local storage of the executable. This file has both names
// first, so that the linker need not ask: a `stderr` of our own that holds libc's, and the three functions of
// elf_error.o.
#define _GNU_SOURCE
#include <dlfcn.h>

#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN void *own_stderr __asm__("stderr");

__attribute__((constructor)) static void take_stderr(void) {
  void **libcs = dlsym(RTLD_DEFAULT, "stderr");
  if (libcs) own_stderr = *libcs;
}

static __thread int last_error;

HIDDEN void __libelf_seterrno(int code) { last_error = code; }

HIDDEN int elf_errno(void) {
  int code = last_error;
  last_error = 0;
  return code;
}

// As libelf has it: 0 asks for the last error if there is one, -1 for the last error in any case.
HIDDEN const char *elf_errmsg(int code) {
  if (code == 0 && last_error == 0) return 0;
  return "damaged or unsupported ELF file";
}
