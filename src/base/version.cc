#include "base/version.h"

namespace sonde::base {

const char* const kVersion = SONDE_VERSION;

}  // namespace sonde::base
