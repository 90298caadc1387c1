// The C text behind bpf_usdt_readarg(): for every program that probes are enabled for, one function an argument.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "usdt/context.h"

namespace sonde::usdt {

// What of one argument holds at all locations of a program's probes.
struct ReadableArgument {
  unsigned size = 0;    // bytes, of the largest
  std::string type;     // of the largest: "int32_t"
  std::string why_not;  // it can be read nowhere, and why; then there is no function
};

struct ProgramReaders {
  std::string program;
  std::string probes;  // "app:start", "app:start, lib:start"
  std::vector<ReadableArgument> arguments;
};

struct Readers {
  std::string text;  // functions _bpf_readarg_PROGRAM_N, N from 1
  std::vector<ProgramReaders> programs;
};

// A program's locations whose arguments lie differently are told apart by the last bits of their addresses, or, where
// these are the same, by the cookie that attaching gives them; kUnsupported without `has_cookies`.
Result<Readers> make_readers(std::span<const Context* const> contexts, bool has_cookies);

}  // namespace sonde::usdt
