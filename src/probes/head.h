// The first part of every specification: the kind of probe, where it is, and what it is called there.
#pragma once

#include "probes/parse.h"
#include "probes/place.h"
#include "probes/specification.h"

namespace sonde::probes {

// "p:c:write", "vfs_read+0x1f", "t:sched:*": fills in everything up to and including the offset. What a tool does not
// take (patterns, tracepoints, offsets) is a mistake.
Checked parse_head(const Slice& text, const ParseOptions& options, Specification& result);

}  // namespace sonde::probes
