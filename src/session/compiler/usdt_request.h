// What a program is compiled with to read the arguments of USDT probes.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "spec/wire.h"
#include "usdt/context.h"

namespace sonde::session {

// Adds the readers of the contexts' enabled probes to the request.
Status add_usdt(std::span<const usdt::Context* const> contexts, spec::Request& request);

// The probe of SEC("usdt/PATH:PROVIDER:NAME"), enabled for its program. `section` is what stands behind "usdt/".
Result<usdt::Context> open_usdt_section(const std::string& section, const std::string& program);

}  // namespace sonde::session
