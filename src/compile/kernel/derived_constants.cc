#include "compile/kernel/derived_constants.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

namespace sonde::compile {
namespace {

using kernel::Btf;
using Value = std::optional<uint64_t>;

uint32_t record(const Btf& btf, std::string_view name) {
  uint32_t id = btf.find(BTF_KIND_STRUCT, name);
  return id ? id : btf.find(BTF_KIND_UNION, name);
}

Value elements(const Btf& btf, std::string_view record_name, std::string_view member) {
  uint32_t id = record(btf, record_name);
  const btf_type* type = id ? btf.type(btf.resolve(btf.member_type(id, member))) : nullptr;
  if (!type || Btf::kind(type) != BTF_KIND_ARRAY) return std::nullopt;
  uint32_t count = Btf::payload<btf_array>(type)->nelems;
  return count ? Value(count) : std::nullopt;
}

Value bytes(const Btf& btf, std::string_view record_name, std::string_view member) {
  uint32_t id = record(btf, record_name);
  uint32_t type = id ? btf.member_type(id, member) : 0;
  return type ? Value(btf.size_of(type)) : std::nullopt;
}

Value enumerator(const Btf& btf, std::string_view name) {
  auto found = btf.find_enumerator(name);
  const btf_type* type = found.enum_id ? btf.type(found.enum_id) : nullptr;
  if (!type) return std::nullopt;
  if (Btf::kind(type) == BTF_KIND_ENUM) return static_cast<uint32_t>(Btf::payload<btf_enum>(type)[found.index].val);
  const auto& wide = Btf::payload<btf_enum64>(type)[found.index];
  return uint64_t{wide.val_hi32} << 32 | wide.val_lo32;
}

// A way to attach programs is an enumerator of every kernel since the version that it came with, and of none before:
// those of long-term support have not taken them over, as they have some flags. What changed in 6.3 is taken to have
// changed in 6.4.
bool is_at_least_6_4(const Btf& btf) { return btf.find_enumerator("BPF_NETFILTER").enum_id != 0; }
bool is_at_least_6_6(const Btf& btf) { return btf.find_enumerator("BPF_TCX_INGRESS").enum_id != 0; }

Value cpus(const Btf& btf) {  // to a multiple of 64, as the mask's words are
  auto words = elements(btf, "cpumask", "bits");
  return words ? Value(*words * 64) : std::nullopt;
}

Value memory_nodes(const Btf& btf) { return elements(btf, "kmem_cache", "node"); }
Value memory_nodes_shift(const Btf& btf) {
  auto nodes = memory_nodes(btf);
  return nodes ? Value(std::countr_zero(*nodes)) : std::nullopt;
}

Value orders(const Btf& btf) { return elements(btf, "zone", "free_area"); }
Value highest_order(const Btf& btf) {
  auto count = orders(btf);
  return count ? Value(*count - 1) : std::nullopt;
}
Value max_order(const Btf& btf) { return is_at_least_6_4(btf) ? highest_order(btf) : orders(btf); }

// KASAN, of which each task has a counter, doubles it.
Value thread_size(const Btf& btf) {
  return btf.member_type(record(btf, "task_struct"), "kasan_depth") ? 0x8000 : 0x4000;
}

// The allocator "slab", gone since Linux 6.8, has caches for everything; the others leave it to pages from two on.
Value kmalloc_shift_high(const Btf& btf) {
  auto highest = highest_order(btf);
  if (!highest) return std::nullopt;
  bool is_slab = btf.member_type(record(btf, "kmem_cache"), "batchcount") != 0;
  return is_slab ? std::min<uint64_t>(*highest + 12, 25) : 13;
}
Value kmalloc_shift_max(const Btf& btf) {
  auto highest = highest_order(btf);
  return highest ? Value(*highest + 12) : std::nullopt;
}
Value power_of_two(Value shift) { return shift ? Value(uint64_t{1} << *shift) : std::nullopt; }

// Bits of thread_info.flags. On x86 they are others in kernels that have restartable sequences in a struct of their own
// (7.3; 6.12 does not), as both came with one rework of the way out of the kernel.
struct ThreadFlag {
  std::string_view name;
  int before;
  int since;
};
#if defined(__x86_64__)
constexpr auto kThreadFlags = std::to_array<ThreadFlag>({
    {"TIF_ADDR32", 29, 27},
    {"TIF_NEED_RESCHED", 3, 4},
    {"TIF_NOTIFY_RESUME", 1, 0},
    {"TIF_SIGPENDING", 2, 1},
    {"TIF_UPROBE", 12, 8},
});
#else
constexpr auto kThreadFlags = std::to_array<ThreadFlag>({
    {"TIF_NEED_RESCHED", 1, 4},
    {"TIF_NOTIFY_RESUME", 2, 0},
    {"TIF_SIGPENDING", 0, 1},
});
#endif

bool has_generic_thread_flags(const Btf& btf) { return record(btf, "rseq_event") != 0; }

Value thread_flag(const Btf& btf, std::string_view name) {
  for (const auto& flag : kThreadFlags) {
    if (flag.name == name) return has_generic_thread_flags(btf) ? flag.since : flag.before;
  }
  return std::nullopt;
}

Value name_inside_dentry(const Btf& btf) {
  auto old = bytes(btf, "dentry", "d_iname");
  return old ? old : bytes(btf, "dentry", "d_shortname");
}

struct Rule {
  std::string_view name;
  Value (*value)(const Btf& btf);
  bool is_unsigned = false;
  int bits = 32;
};

constexpr auto kRules = std::to_array<Rule>({
    {"CONFIG_MAX_SKB_FRAGS", [](const Btf& btf) { return elements(btf, "skb_shared_info", "frags"); }},
    {"CONFIG_NODES_SHIFT", memory_nodes_shift},
    {"CONFIG_NR_CPUS", cpus},
    {"DNAME_INLINE_LEN", name_inside_dentry},
    {"FMODE_WRITE_IOCTL", [](const Btf& btf) -> Value { return is_at_least_6_6(btf) ? Value() : 0x100; }, true},
    {"GFP_ATOMIC", [](const Btf& btf) -> Value { return is_at_least_6_4(btf) ? 0x820 : 0xa20; }, true},
    {"GFP_NOWAIT", [](const Btf& btf) -> Value { return is_at_least_6_6(btf) ? 0x2800 : 0x800; }, true},
    {"KMALLOC_MAX_CACHE_SIZE", [](const Btf& btf) { return power_of_two(kmalloc_shift_high(btf)); }, true, 64},
    {"KMALLOC_MAX_SIZE", [](const Btf& btf) { return power_of_two(kmalloc_shift_max(btf)); }, true, 64},
    {"KMALLOC_SHIFT_HIGH", kmalloc_shift_high},
    {"KMALLOC_SHIFT_MAX", kmalloc_shift_max},
    {"KSYM_NAME_LEN", [](const Btf& btf) { return elements(btf, "bpf_ksym", "name"); }},  // 128 before Linux 6.1
    {"MAX_NR_ZONES", [](const Btf& btf) { return enumerator(btf, "__MAX_NR_ZONES"); }},
    {"MAX_NUMNODES", memory_nodes},
    {"MAX_ORDER", max_order},
    {"MAX_PAGE_ORDER", highest_order},
    {"MAX_SKB_FRAGS", [](const Btf& btf) { return elements(btf, "skb_shared_info", "frags"); }},
    {"NODES_SHIFT", memory_nodes_shift},
    {"NR_CPUS", cpus},
    {"NR_PAGE_ORDERS", orders},
    {"TASK_COMM_LEN",
     [](const Btf& btf) { return elements(btf, "task_struct", "comm"); }},  // no enumerator before Linux 5.17
    {"THREAD_SIZE", thread_size, true, 64},
    {"TOP_OF_KERNEL_STACK_PADDING", [](const Btf& btf) -> Value { return record(btf, "fred_info") ? 16 : 0; }},
    {"__GFP_ATOMIC", [](const Btf& btf) -> Value { return is_at_least_6_4(btf) ? Value() : 0x200; }, true},
});

// Flags whose numbers are enumerators: SLAB_PANIC is 1 << _SLAB_PANIC, in kernels that have such a one.
struct Flags {
  std::string_view prefix;
  std::string_view enumerator_prefix;
  std::string_view enumerator_suffix;
};

constexpr auto kFlags = std::to_array<Flags>({
    {"REQ_", "__REQ_", ""},
    {"RQF_", "__RQF_", ""},
    {"SLAB_", "_SLAB_", ""},
    {"__GFP_", "___GFP_", "_BIT"},
});

Value flag(const Btf& btf, std::string_view name) {
  if (name == "SLAB_TEMPORARY") name = "SLAB_RECLAIM_ACCOUNT";  // a second name of it
  for (const auto& [prefix, before, after] : kFlags) {
    if (!name.starts_with(prefix)) continue;
    auto bit = enumerator(btf, std::string(before).append(name.substr(prefix.size())).append(after));
    if (bit && *bit < 32) return uint64_t{1} << *bit;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Constant> derived_constant(const Btf& btf, std::string_view name) {
  if (auto value = flag(btf, name)) return Constant{*value, true, 32};
  if (auto value = thread_flag(btf, name)) return Constant{*value, false, 32};
  auto rule = std::ranges::lower_bound(kRules, name, {}, &Rule::name);
  if (rule == kRules.end() || rule->name != name) return std::nullopt;
  auto value = rule->value(btf);
  return value ? std::optional(Constant{*value, rule->is_unsigned, rule->bits}) : std::nullopt;
}

}  // namespace sonde::compile
