// Returns of functions in programs that Go made. Go moves stacks, so the return address that the kernel's return probe
// puts on one crashes the program; probes at the function's own return instructions do not.
#pragma once

#include "base/result.h"
#include "bpf/hooks/hooks.h"

namespace sonde::bpf {

// For a `uretprobe` in a program made by Go: the request for uprobes at all return instructions of its functions, where
// the value is in the same register. Any other request stays as it is, and so does this one with
// SONDE_GO_RETURN_PROBES=1 in the environment. kUnsupported where not every return would be seen.
Result<Hook> at_go_returns(const Hook& wanted);

}  // namespace sonde::bpf
