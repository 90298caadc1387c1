// Host names of addresses, out of answers of name servers that went by (RFC 1035).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::tool {

class DnsNames {
 public:
  struct Known {
    std::string host;      // that was asked for
    uint64_t seen_ns = 0;  // of bpf_ktime_get_ns()
    uint64_t end_ns = 0;   // the answer holds until then
  };

  // A whole message, or its begin. What is no answer, or none about addresses, is passed over.
  void add(std::string_view message, uint64_t now_ns);
  // `address`: 4 or 16 bytes. What holds no more is as good as unknown.
  const Known* find(std::string_view address, uint64_t now_ns) const;

 private:
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace sonde::tool
