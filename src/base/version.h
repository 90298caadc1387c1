// Which sonde this is.
#pragma once

namespace sonde::base {

extern const char* const kVersion;  // "0.1.0"

}  // namespace sonde::base
