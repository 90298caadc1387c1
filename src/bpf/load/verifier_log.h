// The verifier's log, made readable: the user's line, the last words, and what they mean.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sonde::bpf {

struct VerifierDigest {
  std::string source;  // "/virtual/main.c:12: return sk->x;", or empty
  std::string tail;    // the last lines that matter
  std::string cause;   // in plain words, or empty
};

// `source_of` gives the source line of an instruction, empty when unknown; the log's own comments are second choice.
VerifierDigest digest_verifier_log(std::string_view log, const std::function<std::string(uint32_t)>& source_of);

// What the kernel's complaint means; empty for one that is not in the table.
std::string_view verifier_cause(std::string_view log);

Error verifier_error(const std::string& program, int code, const VerifierDigest& digest);

}  // namespace sonde::bpf
