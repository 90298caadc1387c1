// Why the kernel would not take a uprobe, in words.
#pragma once

#include "base/result.h"
#include "bpf/hooks/hooks.h"

namespace sonde::bpf {

tl::unexpected<Error> uprobe_failed(int code, const UserProbe& wanted, const UserProbe::Place& place, int pid);

}  // namespace sonde::bpf
