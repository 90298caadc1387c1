#include "bpf/maps/published_maps.h"

#include <fcntl.h>

#include <cerrno>
#include <map>
#include <mutex>

namespace sonde::bpf {
namespace {

struct Published {
  base::Fd fd;
  std::weak_ptr<void> lease;
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Published> maps;
};

// Never destroyed: sessions may end after main() has.
Registry& registry() {
  static Registry* registry = new Registry;
  return *registry;
}

std::string public_key(std::string_view name) { return fmt::format("/{}", name); }
std::string shared_key(std::string_view name, std::string_view space) { return fmt::format("/ns/{}/{}", space, name); }

Result<base::Fd> duplicate(int fd, std::string_view name) {
  base::Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
  if (!copy.valid()) return base::fail_errno(errno, fmt::format("cannot duplicate the descriptor of the map {}", name));
  return copy;
}

}  // namespace

Result<Publication> publish_map(std::string_view name, int fd, bool is_shared, std::string_view space) {
  Registry& known = registry();
  std::lock_guard lock(known.mutex);
  Published& place = known.maps[is_shared ? shared_key(name, space) : public_key(name)];
  if (!place.lease.expired()) return Publication();
  ASSIGN_OR_RETURN(place.fd, duplicate(fd, name));
  auto lease = std::make_shared<char>();
  place.lease = lease;
  return Publication(std::move(lease));
}

Result<base::Fd> find_published_map(std::string_view name, std::string_view space) {
  Registry& known = registry();
  std::lock_guard lock(known.mutex);
  for (const std::string& key : {shared_key(name, space), public_key(name)}) {
    auto found = known.maps.find(key);
    if (found != known.maps.end() && found->second.fd.valid()) return duplicate(found->second.fd.get(), name);
  }
  return base::Fd();
}

}  // namespace sonde::bpf
