// A memory mapping that unmaps itself.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

namespace sonde::bpf {

class Mapping {
 public:
  Mapping() = default;
  Mapping(int fd, size_t size, int protection, off_t offset)
      : address_(::mmap(nullptr, size, protection, MAP_SHARED, fd, offset)), size_(size) {}
  Mapping(Mapping&& other) noexcept : address_(std::exchange(other.address_, MAP_FAILED)), size_(other.size_) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(address_, other.address_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping() {
    if (valid()) ::munmap(address_, size_);
  }

  // In the child of a fork() to which the kernel did not give it: puts it back at the same address, or is invalid from
  // now on.
  void map_again(int fd, int protection, off_t offset) {
    void* again = ::mmap(address_, size_, protection, MAP_SHARED | MAP_FIXED_NOREPLACE, fd, offset);
    if (again == address_) return;
    if (again != MAP_FAILED) ::munmap(again, size_);  // before Linux 4.17 the address is a wish
    address_ = MAP_FAILED;
  }

  bool valid() const { return address_ != MAP_FAILED; }
  char* data() const { return static_cast<char*>(address_); }

 private:
  void* address_ = MAP_FAILED;
  size_t size_ = 0;
};

}  // namespace sonde::bpf
