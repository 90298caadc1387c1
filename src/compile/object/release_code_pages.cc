// The compiler's own code in memory. The kernel maps sixteen pages around each that is touched, and clang's and LLVM's
// code is scattered: after a compilation two thirds of the program's 50 MB are mapped, for 4 MB of data.
#include "compile/object/release_code_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace sonde::compile {
namespace {

// Mapped from the file and never written to, so that nothing is lost.
bool is_constant(const ElfW(Phdr) & segment) { return segment.p_type == PT_LOAD && !(segment.p_flags & PF_W); }

int release(dl_phdr_info* info, size_t, void*) {
  const size_t page = ::sysconf(_SC_PAGESIZE);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& segment = info->dlpi_phdr[i];
    if (!is_constant(segment)) continue;
    size_t begin = (info->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    size_t end = info->dlpi_addr + segment.p_vaddr + segment.p_memsz;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 1;  // the first is the program itself; its libraries are left alone
}

}  // namespace

void release_code_pages() { ::dl_iterate_phdr(release, nullptr); }

}  // namespace sonde::compile
