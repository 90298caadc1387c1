// `sonde tplist`: what can be probed, listed. One function for each kind; each prints what matches, and fails when
// nothing does.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace sonde::cmd::tplist {

struct Options {
  std::string filter;  // a shell-like pattern; empty: all
  int pid = -1;
  std::string library;
  bool functions = false;  // -k
  std::string user;        // LIB or LIB:PATTERN
  bool raw = false;
  std::string record;    // --sizes
  std::string btf_file;  // instead of the running kernel's
  int verbosity = 0;
  bool as_json = false;
};

Result<int> list_tracepoints(const Options& options);
Result<int> list_usdt_probes(const Options& options);
Result<int> list_kernel_functions(const Options& options);
Result<int> list_user_functions(const Options& options);
Result<int> list_raw_tracepoints(const Options& options);
Result<int> list_layouts(const Options& options);

// Text whose names come from files that nobody vouches for.
void put_safe(std::string_view text);
void put_json(const nlohmann::ordered_json& record);

// Names offered to an error: `offer_all` calls its argument with each that exists.
using OfferAll = std::function<void(const std::function<void(std::string_view)>& offer)>;
// "no tracepoint matches sched:swich", with the nearest names as its hint, or else `otherwise`.
tl::unexpected<Error> nothing_matches(std::string_view what, const std::string& pattern, const OfferAll& offer_all,
                                      std::string otherwise);

}  // namespace sonde::cmd::tplist
