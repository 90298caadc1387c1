"""The kernel's helper functions: every one of them can be called, and by the number that the kernel gives it."""

import re

import pytest

import judge
from compiling import compile_for, program
from places import REPOSITORY

HEADER = REPOSITORY / "src/compile/headers/include/sonde/helpers.h"
TEXT = HEADER.read_text().replace("\\\n", "").replace("\n    ", " ")
DECLARED = re.findall(r"^static (.*?)\(\*const (\w+)\)\((.*?)\) = \(void \*\)(\d+);", TEXT, re.M)
MACROS = re.findall(r"^#define (bpf_\w+)\(\.\.\.\)\s*"
                    r"\((?:\(struct \w+ \*\))?\((.*?) ?\(\*\)\((.*)\)\)(\d+)\)\(__VA_ARGS__\)", TEXT, re.M)
HELPERS = {name: (returns.strip("( "), parameters, int(number)) for returns, name, parameters, number
           in DECLARED + [(returns, name, parameters, number) for name, returns, parameters, number in MACROS]}
# By the dialect's name, not by the kernel's.
RENAMED = {"bpf_trace_printk_": "trace_printk", "bcc_get_stackid_": "get_stackid"}
RESULTS = {  # the type in C of what each yields: it decides how a result is compared and widened
    "void *": """map_lookup_elem get_local_storage sk_storage_get ringbuf_reserve inode_storage_get per_cpu_ptr
        this_cpu_ptr task_storage_get kptr_xchg map_lookup_percpu_elem dynptr_data cgrp_storage_get""",
    "u64": """ktime_get_ns get_smp_processor_id get_current_pid_tgid get_current_uid_gid get_cgroup_classid
        skb_vlan_push skb_vlan_pop perf_event_read get_current_task get_socket_uid skb_cgroup_id get_current_cgroup_id
        skb_ancestor_cgroup_id jiffies64 get_netns_cookie get_current_ancestor_cgroup_id ktime_get_boot_ns
        sk_cgroup_id sk_ancestor_cgroup_id ringbuf_query skb_cgroup_classid ktime_get_coarse_ns get_func_ip
        get_attach_cookie xdp_get_buff_len ktime_get_tai_ns""",
    "u32": """get_prandom_u32 get_route_realm get_hash_recalc get_socket_cookie""",
    "struct bpf_sock *": """sk_lookup_tcp sk_lookup_udp sk_fullsock get_listener_sock skc_lookup_tcp""",
    "void": """tail_call spin_lock spin_unlock ringbuf_submit ringbuf_discard ringbuf_submit_dynptr
        ringbuf_discard_dynptr""",
    "struct bpf_tcp_sock *": """tcp_sock""",
    "long long": """tcp_gen_syncookie""",
    "struct tcp6_sock *": """skc_to_tcp6_sock""",
    "struct tcp_sock *": """skc_to_tcp_sock""",
    "struct tcp_timewait_sock *": """skc_to_tcp_timewait_sock""",
    "struct tcp_request_sock *": """skc_to_tcp_request_sock""",
    "struct udp6_sock *": """skc_to_udp6_sock""",
    "long": """get_task_stack load_hdr_opt store_hdr_opt reserve_hdr_opt d_path copy_from_user snprintf_btf
        seq_printf_btf redirect_neigh redirect_peer task_storage_delete bprm_opts_set ima_inode_hash check_mtu
        for_each_map_elem snprintf sys_bpf btf_find_by_name_kind sys_close timer_init timer_set_callback timer_start
        timer_cancel task_pt_regs get_branch_snapshot trace_vprintk kallsyms_lookup_name find_vma loop strncmp
        get_func_arg get_func_ret get_func_arg_cnt xdp_load_bytes xdp_store_bytes copy_from_user_task skb_set_tstamp
        ima_file_hash dynptr_from_mem ringbuf_reserve_dynptr dynptr_read dynptr_write tcp_raw_check_syncookie_ipv4
        tcp_raw_check_syncookie_ipv6 user_ringbuf_drain cgrp_storage_delete""",
    "struct task_struct *": """get_current_task_btf""",
    "struct socket *": """sock_from_file""",
    "struct unix_sock *": """skc_to_unix_sock""",
    "struct mptcp_sock *": """skc_to_mptcp_sock""",
    "s64": """tcp_raw_gen_syncookie_ipv4 tcp_raw_gen_syncookie_ipv6""",
}


def kernel_name(name):
    return RENAMED.get(name, name.removeprefix("bpf_"))


def expression(name):
    _, parameters, _ = HELPERS[name]
    count = 0 if parameters == "void" else len(parameters.replace(", ...", "").split(","))
    return f"{name}({', '.join('0' * count)})"


def call(name):
    return expression(name) + ";" if HELPERS[name][0] == "void" else f"total += (u64){expression(name)};"


def test_all_of_them_are_known():
    assert {number for _, _, number in HELPERS.values()} == set(range(1, 212))


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_numbers_are_the_kernels(kernel, tmp_path):
    numbers = judge.values(kernel, [f"BPF_FUNC_{kernel_name(name)}" for name in HELPERS])
    assert len(numbers) > 200
    wrong = {name: number for name, (_, _, number) in HELPERS.items()
             if numbers.get(f"BPF_FUNC_{kernel_name(name)}", number) != number}
    assert wrong == {}


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_each_can_be_called(kernel, tmp_path):
    # One function each: together they would not fit a program.
    functions = [f"static __noinline u64 call_{i}(void) {{ u64 total = 0; {call(name)} return total; }}"
                 for i, name in enumerate(HELPERS)]
    calls = " + ".join(f"call_{i}()" for i in range(len(HELPERS)))
    assert compile_for(kernel, program(*functions, body=f"return {calls};"), tmp_path) == ""


def test_printing_takes_three_values(tmp_path):
    kernel = judge.KERNELS[0]
    assert compile_for(kernel, program(body='bpf_trace_printk("%d %d %d\\n", 1, 2, 3); return 0;'), tmp_path) == ""
    said = compile_for(kernel, program(body='bpf_trace_printk("%d %d %d %d\\n", 1, 2, 3, 4); return 0;'), tmp_path)
    assert "bpf_trace_printk prints at most 3 values; bpf_printk prints up to 12" in said
    assert compile_for(kernel, program(body='bpf_printk("%d %d %d %d\\n", 1, 2, 3, 4); return 0;'), tmp_path) == ""
    printing = program(body='char f[] = "%d"; bpf_trace_printk(f, sizeof(f), 1); return 0;')
    assert compile_for(kernel, printing, tmp_path) == ""


def result_of(name):
    return next((type for type, names in RESULTS.items() if name.removeprefix("bpf_") in names.split()), "int")


def test_results_have_the_types_of_the_dialect(tmp_path):
    """Programs compare them with 0, shift them, and print them."""
    checks = [f"_Static_assert(__builtin_types_compatible_p(__typeof__({expression(name)}), {result_of(name)}), "
              f"\"{name}\");" for name in HELPERS]
    assert compile_for(judge.KERNELS[0], program(body=" ".join(checks) + " return 0;"), tmp_path) == ""
