// Tracepoints may change from kernel to kernel: what a program was compiled for is compared with what runs.
#pragma once

#include <string_view>

#include "base/result.h"
#include "kernel/tracefs.h"
#include "spec/spec.h"

namespace sonde::bpf {

// kUnsupported, naming the field that moved, when the program would read the wrong bytes.
Status check_tracepoint(const spec::Tracepoint& compiled, const kernel::EventFormat& running);

// The same for the tracepoint "category:event", if the program says that it reads any of its fields.
Status check_tracepoint(const spec::Spec& spec, std::string_view category_and_event);

}  // namespace sonde::bpf
