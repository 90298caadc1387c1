#include "tool/outputs/output.h"

#include <unistd.h>

#include "base/standard_output.h"

namespace sonde::tool {
namespace {

class StandardOutput : public Output {
 public:
  void put(std::string_view bytes) override { base::put(bytes); }
  bool is_terminal() const override { return ::isatty(STDOUT_FILENO); }
  bool failed() const override { return base::standard_output_failed(); }
};

}  // namespace

Output& standard_output() {
  static StandardOutput output;
  return output;
}

}  // namespace sonde::tool
