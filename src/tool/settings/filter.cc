// Which processes are traced.
#include "tool/settings/filter.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <optional>

#include "base/file.h"
#include "tool/formats/layout.h"
#include "tool/formats/value_type.h"

namespace sonde::tool {
namespace {

namespace fs = std::filesystem;
constexpr const char* kCgroups = "/sys/fs/cgroup";
constexpr size_t kMaxDirectories = 200'000;
constexpr ino_t kFirstPidNamespace = 0xeffffffc;

struct CgroupPlace {
  uint64_t id = 0;
  uint32_t level = 0;
};

Result<CgroupPlace> cgroup_at(const std::string& directory) {
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return base::fail(ErrorKind::kNotFound, fmt::format("there is no cgroup {}", directory),
                      "cgroups are the directories under /sys/fs/cgroup, of version 2");
  }
  std::error_code error;
  fs::path below = fs::relative(fs::canonical(directory, error), kCgroups, error);
  if (error || below.string().starts_with("..")) {
    return base::fail(ErrorKind::kInvalid, fmt::format("{} is not under {}", directory, kCgroups));
  }
  uint32_t level = below == "." ? 0 : static_cast<uint32_t>(std::distance(below.begin(), below.end()));
  return CgroupPlace{status.st_ino, level};
}

// The first cgroup, from the outermost on, whose name fits.
template <typename Fits>
std::optional<std::string> find_cgroup(Fits fits) {
  std::error_code error;
  size_t seen = 0;
  for (fs::recursive_directory_iterator at(kCgroups, fs::directory_options::skip_permission_denied, error), end;
       at != end; at.increment(error)) {
    if (error || ++seen > kMaxDirectories) break;
    if (at->is_directory(error) && fits(at->path().filename().string())) return at->path().string();
  }
  return std::nullopt;
}

// "docker-3f4e….scope", "cri-containerd-3f4e….scope", "3f4e…", "machine-NAME.scope", "lxc.payload.NAME".
bool is_cgroup_of_container(std::string_view name, std::string_view container) {
  if (name.ends_with(".scope")) name.remove_suffix(6);
  if (name == container) return true;
  for (std::string_view prefix :
       {"docker-", "libpod-", "cri-containerd-", "crio-", "machine-", "lxc.payload.", "lxc."}) {
    if (!name.starts_with(prefix)) continue;
    std::string_view id = name.substr(prefix.size());
    return id == container || (container.size() >= 4 && id.starts_with(container));
  }
  return container.size() >= 12 && name.starts_with(container);
}

// Docker keeps a directory a container, named by its ID, with its name in a file.
std::string id_of_container(const std::string& name) {
  std::error_code error;
  for (const fs::directory_entry& each : fs::directory_iterator("/var/lib/docker/containers", error)) {
    Result<std::string> text = base::read_file((each.path() / "config.v2.json").string());
    if (!text) continue;
    auto config = nlohmann::json::parse(*text, nullptr, false);
    if (config.is_object() && config.value("Name", "") == "/" + name) return each.path().filename();
  }
  return name;
}

Result<std::string> cgroup_of_container(const std::string& container) {
  std::string id = id_of_container(container);
  auto found = find_cgroup([&](const std::string& name) { return is_cgroup_of_container(name, id); });
  if (found) return *found;
  return base::fail(ErrorKind::kNotFound, fmt::format("there is no container {}", container),
                    "a name or the beginning of an ID, as docker ps, podman ps or machinectl list it");
}

Result<std::string> cgroup_of_unit(const std::string& unit) {
  auto found = find_cgroup([&](const std::string& name) { return name == unit || name == unit + ".service"; });
  if (found) return *found;
  return base::fail(ErrorKind::kNotFound, fmt::format("there is no unit {} that runs", unit),
                    "systemctl list-units lists them");
}

Result<std::string> cgroup_directory(const Filter& filter) {
  if (!filter.container.empty()) return cgroup_of_container(filter.container);
  if (!filter.unit.empty()) return cgroup_of_unit(filter.unit);
  if (filter.cgroup.empty() || filter.cgroup.starts_with(kCgroups)) return filter.cgroup;
  return fmt::format("{}/{}", kCgroups, filter.cgroup);
}

// How deep the caller's PID namespace lies: our numbers in all of them are in /proc/self/status.
uint32_t namespace_level() {
  Result<std::string> status = base::read_file("/proc/self/status");
  size_t at = status ? status->find("\nNSpid:") : std::string::npos;
  if (at == std::string::npos) return 0;
  std::string_view line = std::string_view(*status).substr(at + 7);
  line = line.substr(0, line.find('\n'));
  uint32_t numbers = 0;
  for (char c : line) numbers += c == '\t';
  return numbers > 0 ? numbers - 1 : 0;
}

Status set_namespace(layout::sonde_filter& constant) {
  struct stat status{};
  if (::stat("/proc/self/ns/pid", &status) != 0 || status.st_ino == kFirstPidNamespace) return {};
  // A /proc of the namespace itself shows its own numbers alone: then it is taken to lie right below the first one.
  constant.namespace_level = std::max(namespace_level(), 1u);
  constant.namespace_inode = static_cast<uint32_t>(status.st_ino);
  return {};
}

}  // namespace

Result<std::string> filter_bytes(const Filter& filter) {
  layout::sonde_filter constant{};
  constant.pid = filter.pid;
  constant.tid = filter.tid;
  auto own_pid = static_cast<uint32_t>(::getpid());
  if (!filter.includes_tool && filter.pid != own_pid && filter.tid != own_pid) constant.own_pid = own_pid;
  constant.follows = filter.follows_children;
  if (!filter.user.empty()) {
    ASSIGN_OR_RETURN(std::string uid, find_value_type("uid_t")->parse(filter.user, sizeof constant.uid));
    std::memcpy(&constant.uid, uid.data(), sizeof constant.uid);
    constant.has_uid = 1;
  }
  constant.comm_length = static_cast<uint32_t>(std::min<size_t>(filter.comm.size(), SONDE_COMM - 1));
  std::memcpy(constant.comm, filter.comm.data(), constant.comm_length);
  ASSIGN_OR_RETURN(std::string directory, cgroup_directory(filter));
  if (!directory.empty()) {
    ASSIGN_OR_RETURN(CgroupPlace place, cgroup_at(directory));
    constant.cgroup = place.id;
    constant.cgroup_level = place.level;
  }
  constant.has_cgroup_map = !filter.cgroup_map.empty();
  constant.has_mount_namespace_map = !filter.mount_namespace_map.empty();
  RETURN_IF_ERROR(set_namespace(constant));
  return std::string(reinterpret_cast<const char*>(&constant), sizeof constant);
}

}  // namespace sonde::tool
