// netfilter: programs among the kernel's own firewall hooks (Linux 6.4), by a link that ends with its descriptor. The
// target is FAMILY/HOOK or FAMILY/HOOK/PRIORITY: "ipv4/local_out", "ipv6/pre_routing/-100".
#include <linux/bpf.h>
#include <linux/netfilter.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>

#include "bpf/hooks/hooks.h"
#include "bpf/system/permission.h"

namespace sonde::bpf {
namespace {

constexpr uint32_t kNetfilter = 45;  // enum bpf_attach_type: BPF_NETFILTER, which our headers do not have

// union bpf_attr's link_create with its member netfilter.
struct NetfilterLink {
  uint32_t program = 0;
  uint32_t target_fd = 0;
  uint32_t attach_type = kNetfilter;
  uint32_t link_flags = 0;
  uint32_t family = 0;
  uint32_t hook = 0;
  int32_t priority = 0;
  uint32_t flags = 0;
};
static_assert(sizeof(NetfilterLink) == 32);

struct Word {
  std::string_view text;
  uint32_t value;
};
constexpr Word kFamilies[] = {{"ipv4", NFPROTO_IPV4}, {"ipv6", NFPROTO_IPV6}};
constexpr Word kHooks[] = {{"pre_routing", NF_INET_PRE_ROUTING},
                           {"local_in", NF_INET_LOCAL_IN},
                           {"forward", NF_INET_FORWARD},
                           {"local_out", NF_INET_LOCAL_OUT},
                           {"post_routing", NF_INET_POST_ROUTING}};
// The kernel keeps its first and its last priority, INT_MIN and INT_MAX, to itself.
constexpr int32_t kDefaultPriority = 0;  // that of filters

// Up to the next slash, which goes as well.
std::string_view take_word(std::string_view& rest) {
  std::string_view word = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  return word;
}

template <size_t N>
std::optional<uint32_t> value_of(const Word (&words)[N], std::string_view text) {
  for (const Word& word : words) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

std::optional<int32_t> priority_of(std::string_view text) {
  int32_t priority = kDefaultPriority;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), priority);
  bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number || text.empty() ? std::optional(priority) : std::nullopt;
}

Result<NetfilterLink> parse(const Hook& hook) {
  std::string_view rest = hook.target;
  auto family = value_of(kFamilies, take_word(rest));
  auto place = value_of(kHooks, take_word(rest));
  auto priority = priority_of(rest);
  if (!family || !place || !priority) {
    return base::fail(ErrorKind::kInvalid,
                      fmt::format("{}: not of the form FAMILY/HOOK or FAMILY/HOOK/PRIORITY", hook.phrase()),
                      "families are ipv4 and ipv6; hooks pre_routing, local_in, forward, local_out and post_routing");
  }
  return NetfilterLink{.family = *family, .hook = *place, .priority = *priority};
}

}  // namespace

Result<Link> attach_netfilter(int program, const Hook& hook) {
  ASSIGN_OR_RETURN(NetfilterLink wanted, parse(hook));
  wanted.program = static_cast<uint32_t>(program);
  base::Fd link(static_cast<int>(::syscall(SYS_bpf, BPF_LINK_CREATE, &wanted, sizeof wanted)));
  if (link.valid()) return Link(std::move(link));
  int code = errno;
  return fail_system(code, hook.phrase(),
                     code == EBUSY ? "another program has this priority there: choose another one" : "");
}

}  // namespace sonde::bpf
