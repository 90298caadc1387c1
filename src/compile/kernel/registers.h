// Where struct pt_regs keeps what a probed function and a system call were given, per architecture. ABI of the kernel.
#pragma once

#include <array>
#include <cstdint>

namespace sonde::compile {

#if defined(__x86_64__)
// di si dx cx r8 r9; a system call has r10 in the place of cx.
inline constexpr std::array<uint32_t, 6> kParameterOffsets = {112, 104, 96, 88, 72, 64};
inline constexpr std::array<uint32_t, 6> kSyscallOffsets = {112, 104, 96, 56, 72, 64};
inline constexpr uint32_t kReturnOffset = 80;  // ax
inline constexpr uint32_t kRegistersSize = 168;
#elif defined(__aarch64__)
// regs[0..5]; a system call's first argument survives in orig_x0.
inline constexpr std::array<uint32_t, 6> kParameterOffsets = {0, 8, 16, 24, 32, 40};
inline constexpr std::array<uint32_t, 6> kSyscallOffsets = {272, 8, 16, 24, 32, 40};
inline constexpr uint32_t kReturnOffset = 0;
inline constexpr uint32_t kRegistersSize = 336;
#else
#error "sonde knows the registers of x86-64 and arm64 only"
#endif

}  // namespace sonde::compile
