// Maps that objects of this process publish for each other by name, as BCC's BPF_TABLE_PUBLIC and BPF_TABLE_SHARED say.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace sonde::bpf {

// Its end says that the publisher is gone. The map stays to be found, with what it holds, until another one is
// published under its name: a descriptor of its own keeps it.
class Publication {
 public:
  Publication() = default;
  explicit Publication(std::shared_ptr<void> lease) : lease_(std::move(lease)) {}

 private:
  std::shared_ptr<void> lease_;
};

// The first publisher of a name keeps it while it lives: a second one publishes nothing, as in BCC. `space` empty and
// `is_shared` false: for the whole process; is_shared: for the objects of that namespace.
Result<Publication> publish_map(std::string_view name, int fd, bool is_shared, std::string_view space);
// A descriptor of its own; not valid when nobody has published that name. The namespace comes before the whole process.
Result<base::Fd> find_published_map(std::string_view name, std::string_view space);

}  // namespace sonde::bpf
