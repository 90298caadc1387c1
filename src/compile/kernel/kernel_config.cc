// Tells a kernel's configuration by its types.
#include "compile/kernel/kernel_config.h"

#include <array>

namespace sonde::compile {
namespace {

struct Rule {
  std::string_view macro;
  std::string_view record;
  std::string_view member;  // empty: the struct itself
};

constexpr auto kRules = std::to_array<Rule>({
    {"CONFIG_AUDIT", "task_struct", "loginuid"},
    {"CONFIG_AUDITSYSCALL", "task_struct", "sessionid"},
    {"CONFIG_BLK_CGROUP", "bio", "bi_blkg"},
    {"CONFIG_BLK_DEV_INTEGRITY", "request", "nr_integrity_segments"},
    {"CONFIG_CFS_BANDWIDTH", "cfs_rq", "runtime_enabled"},
    {"CONFIG_CGROUPS", "task_struct", "cgroups"},
    {"CONFIG_COMPACTION", "zone", "compact_order_failed"},
    {"CONFIG_CPUSETS", "task_struct", "mems_allowed"},
    {"CONFIG_DEBUG_LOCK_ALLOC", "mutex", "dep_map"},
    {"CONFIG_FAIR_GROUP_SCHED", "sched_entity", "my_q"},
    {"CONFIG_FSNOTIFY", "inode", "i_fsnotify_mask"},
    {"CONFIG_FS_ENCRYPTION", "super_block", "s_cop"},
    {"CONFIG_FUNCTION_GRAPH_TRACER", "task_struct", "curr_ret_stack"},
    {"CONFIG_FUNCTION_TRACER", "ftrace_ops", "func"},
    {"CONFIG_FUTEX", "task_struct", "robust_list"},
    {"CONFIG_IPV6", "sock_common", "skc_v6_daddr"},
    {"CONFIG_KPROBES", "kprobe", ""},
    {"CONFIG_LOCKDEP", "task_struct", "lockdep_depth"},
    {"CONFIG_MEMCG", "mm_struct", "owner"},
    {"CONFIG_MPTCP", "mptcp_sock", ""},
    {"CONFIG_NETFILTER", "net", "nf"},
    {"CONFIG_NET_NS", "", ""},  // see is_on()
    {"CONFIG_NET_RX_BUSY_POLL", "sock", "sk_napi_id"},
    {"CONFIG_NUMA", "zone", "node"},
    {"CONFIG_NUMA_BALANCING", "task_struct", "numa_group"},
    {"CONFIG_PREEMPT_RCU", "task_struct", "rcu_read_lock_nesting"},
    {"CONFIG_PSI", "task_struct", "psi_flags"},
    {"CONFIG_QUOTA", "super_block", "s_dquot"},
    {"CONFIG_RT_GROUP_SCHED", "sched_rt_entity", "my_q"},
    {"CONFIG_SCHED_CORE", "task_struct", "core_cookie"},
    {"CONFIG_SCHED_INFO", "sched_info", "run_delay"},
    {"CONFIG_SECCOMP_FILTER", "seccomp", "filter"},
    {"CONFIG_SECURITY", "inode", "i_security"},
    {"CONFIG_SLAB", "kmem_cache", "batchcount"},
    {"CONFIG_SLUB", "kmem_cache", "min_partial"},
    {"CONFIG_SLUB_CPU_PARTIAL", "kmem_cache", "cpu_partial"},
    {"CONFIG_SOCK_CGROUP_DATA", "sock", "sk_cgrp_data"},
    {"CONFIG_TASK_IO_ACCOUNTING", "task_io_accounting", "read_bytes"},
    {"CONFIG_TASK_XACCT", "task_struct", "acct_timexpd"},
    {"CONFIG_THREAD_INFO_IN_TASK", "task_struct", "thread_info"},
    {"CONFIG_TRANSPARENT_HUGEPAGE", "pglist_data", "deferred_split_queue"},
    {"CONFIG_UPROBES", "task_struct", "utask"},
    {"CONFIG_XFRM", "sock", "sk_policy"},
    {"SONDE_HAS_DENTRY_SHORTNAME", "dentry", "d_shortname"},
    {"SONDE_HAS_ITER_IOV_RENAMED", "iov_iter", "__iov"},
});

bool has_member(const kernel::Btf& btf, uint32_t kind, std::string_view record, std::string_view member) {
  uint32_t id = btf.find(kind, record);
  return id != 0 && (member.empty() || btf.member_type(id, member) != 0);
}

// A possible_net_t is a typedef of a struct that is empty without network namespaces.
bool has_net_namespaces(const kernel::Btf& btf) {
  uint32_t id = btf.resolve(btf.find(BTF_KIND_TYPEDEF, "possible_net_t"));
  return id != 0 && btf.member_type(id, "net") != 0;
}

bool is_on(const kernel::Btf& btf, const Rule& rule) {
  if (rule.macro == "CONFIG_NET_NS") return has_net_namespaces(btf);
  return has_member(btf, BTF_KIND_STRUCT, rule.record, rule.member);
}

// What a text has to mention before a macro can matter to it. A file that it includes may mention anything; kernel
// headers are ours, and are known.
bool may_need(std::string_view source, std::string_view macro) {
  if (source.find("#include \"") != source.npos || source.find("-include") != source.npos) return true;
  if (macro == "SONDE_HAS_DENTRY_SHORTNAME") return source.find("d_iname") != source.npos;
  if (macro == "SONDE_HAS_ITER_IOV_RENAMED") return source.find("iter_iov") != source.npos;
  return source.find(macro) != source.npos;
}

}  // namespace

std::vector<MacroDefinition> kernel_config(const kernel::Btf& btf, std::string_view source) {
  std::vector<MacroDefinition> macros;
  for (const Rule& rule : kRules) {
    if ((source.empty() || may_need(source, rule.macro)) && is_on(btf, rule)) macros.push_back({rule.macro, "1"});
  }
  return macros;
}

}  // namespace sonde::compile
