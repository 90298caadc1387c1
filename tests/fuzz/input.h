// What a fuzzer hands over, as text. A fuzzer is one file: FUZZ(input) { …what must not crash, hang or eat memory… }
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sonde::fuzz {

void run(std::string_view input);

// Keeps the compiler from dropping what a fuzzer computes and does not use.
template <typename T>
void use(const T& value) {
  asm volatile("" : : "r"(&value) : "memory");
}

}  // namespace sonde::fuzz

// libFuzzer gives no address for empty input, which a string view wants.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sonde::fuzz::run(size ? std::string_view(reinterpret_cast<const char*>(data), size) : std::string_view(""));
  return 0;
}

#define FUZZ(input) void sonde::fuzz::run(std::string_view input)
