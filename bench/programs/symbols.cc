// Asks for the names of many addresses of a process, twice, and prints what it took, as JSON. Arguments: the pid, their
// file.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "sonde/symbols.h"

namespace {

// Of /proc/self/smaps_rollup: "Rss", "Anonymous".
long memory_kb(const std::string& field) {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string word; file >> word;) {
    long kb;
    if (word == field + ":" && file >> kb) return kb;
  }
  return 0;
}

std::vector<uint64_t> read_addresses(const char* path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<uint64_t> addresses(static_cast<size_t>(file.tellg()) / sizeof(uint64_t));
  auto* bytes = reinterpret_cast<char*>(addresses.data());
  file.seekg(0).read(bytes, static_cast<std::streamsize>(addresses.size() * sizeof(uint64_t)));
  return addresses;
}

}  // namespace

int main(int, char** argv) {
  std::vector<uint64_t> addresses = read_addresses(argv[2]);
  sonde::Symbols symbols = sonde::Symbols::of_process(std::atoi(argv[1]));
  long rss = memory_kb("Rss"), anonymous = memory_kb("Anonymous");
  double seconds[2];
  size_t unknown = 0;
  for (double& took : seconds) {
    auto start = std::chrono::steady_clock::now();
    unknown = 0;
    for (uint64_t address : addresses) unknown += symbols.resolve(address).name.empty();
    took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  std::cout << "{\"first\": " << seconds[0] << ", \"later\": " << seconds[1]
            << ", \"rss_kb\": " << memory_kb("Rss") - rss
            << ", \"anonymous_kb\": " << memory_kb("Anonymous") - anonymous << ", \"unknown\": " << unknown << "}\n";
}
