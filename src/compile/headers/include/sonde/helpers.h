// The kernel's helper functions under their BCC names, which are libbpf's too, and what C in libbpf's style expects.
// A call through a constant pointer is a helper call in BPF; what is not called leaves no trace in the object.
#pragma once

#include <sonde/basic.h>

// What tracing programs use is declared, so that a mistake in a call is shown without the insides of a macro. The others
// are macros, which cost every compile a quarter of what declarations do.
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static int (*const bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static int (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static int (*const bpf_probe_read)(void *dst, u64 size, const void *unsafe_ptr) = (void *)4;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static int (*const bpf_trace_printk_)(const char *fmt, u64 fmt_size, ...) = (void *)6;
static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static u64 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static int (*const bpf_skb_store_bytes)(void *ctx, u64 off, const void *from, u64 len, u64 flags) = (void *)9;
static void (*const bpf_tail_call)(void *ctx, void *map, u32 index) = (void *)12;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;
static int (*const bpf_get_current_comm)(void *buf, int buf_size) = (void *)16;
static u64 (*const bpf_perf_event_read)(void *map, u64 flags) = (void *)22;
static int (*const bpf_redirect)(int ifindex, u32 flags) = (void *)23;
static int (*const bpf_perf_event_output)(void *ctx, void *map, u64 index, const void *data, u32 size) = (void *)25;
static int (*const bpf_skb_load_bytes)(void *ctx, int offset, void *to, u32 len) = (void *)26;
static int (*const bcc_get_stackid_)(void *ctx, void *map, u64 flags) = (void *)27;
static int (*const bpf_get_stackid)(void *ctx, void *map, u64 flags) = (void *)27;
static u64 (*const bpf_get_current_task)(void) = (void *)35;
static int (*const bpf_current_task_under_cgroup)(void *map, int index) = (void *)37;
static int (*const bpf_get_numa_node_id)(void) = (void *)42;
static int (*const bpf_probe_read_str)(void *dst, u64 size, const void *unsafe_ptr) = (void *)45;
static int (*const bpf_perf_event_read_value)(void *map, u64 flags, void *buf, u32 buf_size) = (void *)55;
static int (*const bpf_override_return)(void *pt_regs, unsigned long rc) = (void *)58;
static int (*const bpf_get_stack)(void *ctx, void *buf, u32 size, u64 flags) = (void *)67;
static u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static int (*const bpf_map_push_elem)(void *map, const void *value, u64 flags) = (void *)87;
static int (*const bpf_map_pop_elem)(void *map, void *value) = (void *)88;
static int (*const bpf_map_peek_elem)(void *map, void *value) = (void *)89;
static void (*const bpf_spin_lock)(void *lock) = (void *)93;
static void (*const bpf_spin_unlock)(void *lock) = (void *)94;
static int (*const bpf_send_signal)(unsigned sig) = (void *)109;
static int (*const bpf_probe_read_user)(void *dst, u32 size, const void *unsafe_ptr) = (void *)112;
static int (*const bpf_probe_read_kernel)(void *dst, u32 size, const void *unsafe_ptr) = (void *)113;
static int (*const bpf_probe_read_user_str)(void *dst, u32 size, const void *unsafe_ptr) = (void *)114;
static int (*const bpf_probe_read_kernel_str)(void *dst, u32 size, const void *unsafe_ptr) = (void *)115;
static u64 (*const bpf_jiffies64)(void) = (void *)118;
static int (*const bpf_get_ns_current_pid_tgid)(u64 dev, u64 ino, void *nsdata, u32 size) = (void *)120;
static u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static int (*const bpf_seq_write)(void *m, const void *data, u32 len) = (void *)127;
static int (*const bpf_ringbuf_output)(void *ringbuf, const void *data, u64 size, u64 flags) = (void *)130;
static void *(*const bpf_ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *data, u64 flags) = (void *)132;
static void (*const bpf_ringbuf_discard)(void *data, u64 flags) = (void *)133;
static u64 (*const bpf_ringbuf_query)(void *ringbuf, u64 flags) = (void *)134;
static long (*const bpf_d_path)(void *path, char *buf, u32 sz) = (void *)147;
static long (*const bpf_copy_from_user)(void *dst, u32 size, const void *user_ptr) = (void *)148;
static u64 (*const bpf_get_func_ip)(void *ctx) = (void *)173;
static u64 (*const bpf_get_attach_cookie)(void *ctx) = (void *)174;
static long (*const bpf_trace_vprintk)(const char *fmt, u32 fmt_size, const void *data, u32 data_len) = (void *)177;
static long (*const bpf_loop)(u32 nr_loops, void *callback_fn, void *callback_ctx, u64 flags) = (void *)181;
static long (*const bpf_strncmp)(const char *s1, u32 s1_sz, const char *s2) = (void *)182;
static long (*const bpf_get_func_arg)(void *ctx, u32 n, u64 *value) = (void *)183;
static long (*const bpf_get_func_ret)(void *ctx, u64 *value) = (void *)184;

#define bpf_l3_csum_replace(...) ((int (*)(void *, u64, u64, u64, u64))10)(__VA_ARGS__)
#define bpf_l4_csum_replace(...) ((int (*)(void *, u64, u64, u64, u64))11)(__VA_ARGS__)
#define bpf_clone_redirect(...) ((int (*)(void *, int, u32))13)(__VA_ARGS__)
#define bpf_get_cgroup_classid(...) ((u64 (*)(void *))17)(__VA_ARGS__)
#define bpf_skb_vlan_push(...) ((u64 (*)(void *, u16, u16))18)(__VA_ARGS__)
#define bpf_skb_vlan_pop(...) ((u64 (*)(void *))19)(__VA_ARGS__)
#define bpf_skb_get_tunnel_key(...) ((int (*)(void *, void *, u32, u64))20)(__VA_ARGS__)
#define bpf_skb_set_tunnel_key(...) ((int (*)(void *, const void *, u32, u64))21)(__VA_ARGS__)
#define bpf_get_route_realm(...) ((u32 (*)(void *))24)(__VA_ARGS__)
#define bpf_csum_diff(...) ((int (*)(const void *, u64, void *, u64, u64))28)(__VA_ARGS__)
#define bpf_skb_get_tunnel_opt(...) ((int (*)(void *, void *, u32))29)(__VA_ARGS__)
#define bpf_skb_set_tunnel_opt(...) ((int (*)(void *, void *, u32))30)(__VA_ARGS__)
#define bpf_skb_change_proto(...) ((int (*)(void *, u16, u64))31)(__VA_ARGS__)
#define bpf_skb_change_type(...) ((int (*)(void *, u32))32)(__VA_ARGS__)
#define bpf_skb_under_cgroup(...) ((int (*)(void *, void *, int))33)(__VA_ARGS__)
#define bpf_get_hash_recalc(...) ((u32 (*)(void *))34)(__VA_ARGS__)
#define bpf_probe_write_user(...) ((int (*)(void *, const void *, u32))36)(__VA_ARGS__)
#define bpf_skb_change_tail(...) ((int (*)(void *, u32, u64))38)(__VA_ARGS__)
#define bpf_skb_pull_data(...) ((int (*)(void *, u32))39)(__VA_ARGS__)
#define bpf_csum_update(...) ((int (*)(void *, u16))40)(__VA_ARGS__)
#define bpf_set_hash_invalid(...) ((int (*)(void *))41)(__VA_ARGS__)
#define bpf_skb_change_head(...) ((int (*)(void *, u32, u64))43)(__VA_ARGS__)
#define bpf_xdp_adjust_head(...) ((int (*)(void *, int))44)(__VA_ARGS__)
#define bpf_get_socket_cookie(...) ((u32 (*)(void *))46)(__VA_ARGS__)
#define bpf_get_socket_uid(...) ((u64 (*)(void *))47)(__VA_ARGS__)
#define bpf_set_hash(...) ((int (*)(void *, u32))48)(__VA_ARGS__)
#define bpf_setsockopt(...) ((int (*)(void *, int, int, void *, int))49)(__VA_ARGS__)
#define bpf_skb_adjust_room(...) ((int (*)(void *, int, u32, u64))50)(__VA_ARGS__)
#define bpf_redirect_map(...) ((int (*)(void *, int, int))51)(__VA_ARGS__)
#define bpf_sk_redirect_map(...) ((int (*)(void *, void *, int, int))52)(__VA_ARGS__)
#define bpf_sock_map_update(...) ((int (*)(void *, const void *, const void *, u64))53)(__VA_ARGS__)
#define bpf_xdp_adjust_meta(...) ((int (*)(void *, int))54)(__VA_ARGS__)
#define bpf_perf_prog_read_value(...) ((int (*)(void *, void *, u32))56)(__VA_ARGS__)
#define bpf_getsockopt(...) ((int (*)(void *, int, int, void *, int))57)(__VA_ARGS__)
#define bpf_sock_ops_cb_flags_set(...) ((int (*)(void *, int))59)(__VA_ARGS__)
#define bpf_msg_redirect_map(...) ((int (*)(void *, void *, u32, u64))60)(__VA_ARGS__)
#define bpf_msg_apply_bytes(...) ((int (*)(void *, u32))61)(__VA_ARGS__)
#define bpf_msg_cork_bytes(...) ((int (*)(void *, u32))62)(__VA_ARGS__)
#define bpf_msg_pull_data(...) ((int (*)(void *, u32, u32, u64))63)(__VA_ARGS__)
#define bpf_bind(...) ((int (*)(void *, void *, int))64)(__VA_ARGS__)
#define bpf_xdp_adjust_tail(...) ((int (*)(void *, int))65)(__VA_ARGS__)
#define bpf_skb_get_xfrm_state(...) ((int (*)(void *, u32, void *, u32, u64))66)(__VA_ARGS__)
#define bpf_skb_load_bytes_relative(...) ((int (*)(void *, u32, void *, u32, u32))68)(__VA_ARGS__)
#define bpf_fib_lookup(...) ((int (*)(void *, void *, int, u32))69)(__VA_ARGS__)
#define bpf_sock_hash_update(...) ((int (*)(void *, void *, const void *, u64))70)(__VA_ARGS__)
#define bpf_msg_redirect_hash(...) ((int (*)(void *, void *, const void *, u64))71)(__VA_ARGS__)
#define bpf_sk_redirect_hash(...) ((int (*)(void *, void *, const void *, u64))72)(__VA_ARGS__)
#define bpf_lwt_push_encap(...) ((int (*)(void *, u32, void *, u32))73)(__VA_ARGS__)
#define bpf_lwt_seg6_store_bytes(...) ((int (*)(void *, u32, const void *, u32))74)(__VA_ARGS__)
#define bpf_lwt_seg6_adjust_srh(...) ((int (*)(void *, u32, s32))75)(__VA_ARGS__)
#define bpf_lwt_seg6_action(...) ((int (*)(void *, u32, void *, u32))76)(__VA_ARGS__)
#define bpf_rc_repeat(...) ((int (*)(void *))77)(__VA_ARGS__)
#define bpf_rc_keydown(...) ((int (*)(void *, u32, u64, u32))78)(__VA_ARGS__)
#define bpf_skb_cgroup_id(...) ((u64 (*)(void *))79)(__VA_ARGS__)
#define bpf_get_local_storage(...) ((void *(*)(void *, u64))81)(__VA_ARGS__)
#define bpf_sk_select_reuseport(...) ((int (*)(void *, void *, const void *, u64))82)(__VA_ARGS__)
#define bpf_skb_ancestor_cgroup_id(...) ((u64 (*)(void *, int))83)(__VA_ARGS__)
#define bpf_sk_release(...) ((int (*)(void *))86)(__VA_ARGS__)
#define bpf_msg_push_data(...) ((int (*)(void *, u32, u32, u64))90)(__VA_ARGS__)
#define bpf_msg_pop_data(...) ((int (*)(void *, u32, u32, u64))91)(__VA_ARGS__)
#define bpf_rc_pointer_rel(...) ((int (*)(void *, s32, s32))92)(__VA_ARGS__)
#define bpf_skb_ecn_set_ce(...) ((int (*)(void *))97)(__VA_ARGS__)
#define bpf_tcp_check_syncookie(...) ((int (*)(void *, const void *, int, const void *, int))100)(__VA_ARGS__)
#define bpf_sysctl_get_name(...) ((int (*)(void *, char *, size_t, u64))101)(__VA_ARGS__)
#define bpf_sysctl_get_current_value(...) ((int (*)(void *, char *, size_t))102)(__VA_ARGS__)
#define bpf_sysctl_get_new_value(...) ((int (*)(void *, char *, size_t))103)(__VA_ARGS__)
#define bpf_sysctl_set_new_value(...) ((int (*)(void *, const char *, size_t))104)(__VA_ARGS__)
#define bpf_strtol(...) ((int (*)(const char *, size_t, u64, long *))105)(__VA_ARGS__)
#define bpf_strtoul(...) ((int (*)(const char *, size_t, u64, unsigned long *))106)(__VA_ARGS__)
#define bpf_sk_storage_get(...) ((void *(*)(void *, void *, const void *, u64))107)(__VA_ARGS__)
#define bpf_sk_storage_delete(...) ((int (*)(void *, void *))108)(__VA_ARGS__)
#define bpf_tcp_gen_syncookie(...) ((s64 (*)(void *, const void *, int, const void *, int))110)(__VA_ARGS__)
#define bpf_skb_output(...) ((int (*)(void *, void *, u64, const void *, u64))111)(__VA_ARGS__)
#define bpf_tcp_send_ack(...) ((int (*)(void *, u32))116)(__VA_ARGS__)
#define bpf_send_signal_thread(...) ((int (*)(u32))117)(__VA_ARGS__)
#define bpf_read_branch_records(...) ((int (*)(void *, void *, u32, u64))119)(__VA_ARGS__)
#define bpf_xdp_output(...) ((int (*)(void *, void *, u64, const void *, u64))121)(__VA_ARGS__)
#define bpf_get_netns_cookie(...) ((u64 (*)(void *))122)(__VA_ARGS__)
#define bpf_get_current_ancestor_cgroup_id(...) ((u64 (*)(int))123)(__VA_ARGS__)
#define bpf_sk_assign(...) ((int (*)(void *, void *, u64))124)(__VA_ARGS__)
#define bpf_seq_printf(...) ((int (*)(void *, const char *, u32, const void *, u32))126)(__VA_ARGS__)
#define bpf_sk_cgroup_id(...) ((u64 (*)(void *))128)(__VA_ARGS__)
#define bpf_sk_ancestor_cgroup_id(...) ((u64 (*)(void *, int))129)(__VA_ARGS__)
#define bpf_csum_level(...) ((int (*)(void *, u64))135)(__VA_ARGS__)
#define bpf_get_task_stack(...) ((long (*)(void *, void *, u32, u64))141)(__VA_ARGS__)
#define bpf_load_hdr_opt(...) ((long (*)(void *, void *, u32, u64))142)(__VA_ARGS__)
#define bpf_store_hdr_opt(...) ((long (*)(void *, const void *, u32, u64))143)(__VA_ARGS__)
#define bpf_reserve_hdr_opt(...) ((long (*)(void *, u32, u64))144)(__VA_ARGS__)
#define bpf_inode_storage_get(...) ((void *(*)(void *, void *, const void *, u64))145)(__VA_ARGS__)
#define bpf_inode_storage_delete(...) ((int (*)(void *, void *))146)(__VA_ARGS__)
#define bpf_snprintf_btf(...) ((long (*)(char *, u32, void *, u32, u64))149)(__VA_ARGS__)
#define bpf_seq_printf_btf(...) ((long (*)(void *, void *, u32, u64))150)(__VA_ARGS__)
#define bpf_skb_cgroup_classid(...) ((u64 (*)(void *))151)(__VA_ARGS__)
#define bpf_redirect_neigh(...) ((long (*)(u32, void *, u64))152)(__VA_ARGS__)
#define bpf_per_cpu_ptr(...) ((void *(*)(const void *, u32))153)(__VA_ARGS__)
#define bpf_this_cpu_ptr(...) ((void *(*)(const void *))154)(__VA_ARGS__)
#define bpf_redirect_peer(...) ((long (*)(u32, u64))155)(__VA_ARGS__)
#define bpf_task_storage_get(...) ((void *(*)(void *, void *, const void *, u64))156)(__VA_ARGS__)
#define bpf_task_storage_delete(...) ((long (*)(void *, void *))157)(__VA_ARGS__)
#define bpf_bprm_opts_set(...) ((long (*)(void *, u64))159)(__VA_ARGS__)
#define bpf_ktime_get_coarse_ns(...) ((u64 (*)(void))160)(__VA_ARGS__)
#define bpf_ima_inode_hash(...) ((long (*)(void *, void *, u32))161)(__VA_ARGS__)
#define bpf_check_mtu(...) ((long (*)(void *, u32, u32 *, s32, u64))163)(__VA_ARGS__)
#define bpf_for_each_map_elem(...) ((long (*)(void *, void *, void *, u64))164)(__VA_ARGS__)
#define bpf_snprintf(...) ((long (*)(char *, u32, const char *, u64 *, u32))165)(__VA_ARGS__)
#define bpf_sys_bpf(...) ((long (*)(u32, void *, u32))166)(__VA_ARGS__)
#define bpf_btf_find_by_name_kind(...) ((long (*)(char *, int, u32, int))167)(__VA_ARGS__)
#define bpf_sys_close(...) ((long (*)(u32))168)(__VA_ARGS__)
#define bpf_timer_init(...) ((long (*)(void *, void *, u64))169)(__VA_ARGS__)
#define bpf_timer_set_callback(...) ((long (*)(void *, void *))170)(__VA_ARGS__)
#define bpf_timer_start(...) ((long (*)(void *, u64, u64))171)(__VA_ARGS__)
#define bpf_timer_cancel(...) ((long (*)(void *))172)(__VA_ARGS__)
#define bpf_task_pt_regs(...) ((long (*)(void *))175)(__VA_ARGS__)
#define bpf_get_branch_snapshot(...) ((long (*)(void *, u32, u64))176)(__VA_ARGS__)
#define bpf_kallsyms_lookup_name(...) ((long (*)(const char *, int, int, u64 *))179)(__VA_ARGS__)
#define bpf_find_vma(...) ((long (*)(void *, u64, void *, void *, u64))180)(__VA_ARGS__)
#define bpf_get_func_arg_cnt(...) ((long (*)(void *))185)(__VA_ARGS__)
#define bpf_get_retval(...) ((int (*)(void))186)(__VA_ARGS__)
#define bpf_set_retval(...) ((int (*)(int))187)(__VA_ARGS__)
#define bpf_xdp_get_buff_len(...) ((u64 (*)(void *))188)(__VA_ARGS__)
#define bpf_xdp_load_bytes(...) ((long (*)(void *, u32, void *, u32))189)(__VA_ARGS__)
#define bpf_xdp_store_bytes(...) ((long (*)(void *, u32, void *, u32))190)(__VA_ARGS__)
#define bpf_copy_from_user_task(...) ((long (*)(void *, u32, const void *, void *, u64))191)(__VA_ARGS__)
#define bpf_skb_set_tstamp(...) ((long (*)(void *, u64, u32))192)(__VA_ARGS__)
#define bpf_ima_file_hash(...) ((long (*)(void *, void *, u32))193)(__VA_ARGS__)
#define bpf_kptr_xchg(...) ((void *(*)(void *, void *))194)(__VA_ARGS__)
#define bpf_map_lookup_percpu_elem(...) ((void *(*)(void *, const void *, u32))195)(__VA_ARGS__)
#define bpf_dynptr_from_mem(...) ((long (*)(void *, u32, u64, void *))197)(__VA_ARGS__)
#define bpf_ringbuf_reserve_dynptr(...) ((long (*)(void *, u32, u64, void *))198)(__VA_ARGS__)
#define bpf_ringbuf_submit_dynptr(...) ((void (*)(void *, u64))199)(__VA_ARGS__)
#define bpf_ringbuf_discard_dynptr(...) ((void (*)(void *, u64))200)(__VA_ARGS__)
#define bpf_dynptr_read(...) ((long (*)(void *, u32, const void *, u32, u64))201)(__VA_ARGS__)
#define bpf_dynptr_write(...) ((long (*)(const void *, u32, const void *, u32, u64))202)(__VA_ARGS__)
#define bpf_dynptr_data(...) ((void *(*)(const void *, u32, u32))203)(__VA_ARGS__)
#define bpf_tcp_raw_gen_syncookie_ipv4(...) ((s64 (*)(const void *, const void *, u32))204)(__VA_ARGS__)
#define bpf_tcp_raw_gen_syncookie_ipv6(...) ((s64 (*)(const void *, const void *, u32))205)(__VA_ARGS__)
#define bpf_tcp_raw_check_syncookie_ipv4(...) ((long (*)(const void *, const void *))206)(__VA_ARGS__)
#define bpf_tcp_raw_check_syncookie_ipv6(...) ((long (*)(const void *, const void *))207)(__VA_ARGS__)
#define bpf_ktime_get_tai_ns(...) ((u64 (*)(void))208)(__VA_ARGS__)
#define bpf_user_ringbuf_drain(...) ((long (*)(void *, void *, void *, u64))209)(__VA_ARGS__)
#define bpf_cgrp_storage_get(...) ((void *(*)(void *, void *, const void *, u64))210)(__VA_ARGS__)
#define bpf_cgrp_storage_delete(...) ((long (*)(void *, void *))211)(__VA_ARGS__)

#define bpf_sk_lookup_tcp(...) \
  ((struct bpf_sock *)((void *(*)(void *, const void *, int, unsigned int, u64))84)(__VA_ARGS__))
#define bpf_sk_lookup_udp(...) \
  ((struct bpf_sock *)((void *(*)(void *, const void *, int, unsigned int, u64))85)(__VA_ARGS__))
#define bpf_sk_fullsock(...) ((struct bpf_sock *)((void *(*)(void *))95)(__VA_ARGS__))
#define bpf_tcp_sock(...) ((struct bpf_tcp_sock *)((void *(*)(void *))96)(__VA_ARGS__))
#define bpf_get_listener_sock(...) ((struct bpf_sock *)((void *(*)(void *))98)(__VA_ARGS__))
#define bpf_skc_lookup_tcp(...) ((struct bpf_sock *)((void *(*)(void *, const void *, int, u64, u64))99)(__VA_ARGS__))
#define bpf_skc_to_tcp6_sock(...) ((struct tcp6_sock *)((void *(*)(void *))136)(__VA_ARGS__))
#define bpf_skc_to_tcp_sock(...) ((struct tcp_sock *)((void *(*)(void *))137)(__VA_ARGS__))
#define bpf_skc_to_tcp_timewait_sock(...) ((struct tcp_timewait_sock *)((void *(*)(void *))138)(__VA_ARGS__))
#define bpf_skc_to_tcp_request_sock(...) ((struct tcp_request_sock *)((void *(*)(void *))139)(__VA_ARGS__))
#define bpf_skc_to_udp6_sock(...) ((struct udp6_sock *)((void *(*)(void *))140)(__VA_ARGS__))
#define bpf_get_current_task_btf(...) ((struct task_struct *)((void *(*)(void))158)(__VA_ARGS__))
#define bpf_sock_from_file(...) ((struct socket *)((void *(*)(void *))162)(__VA_ARGS__))
#define bpf_skc_to_unix_sock(...) ((struct unix_sock *)((void *(*)(void *))178)(__VA_ARGS__))
#define bpf_skc_to_mptcp_sock(...) ((struct mptcp_sock *)((void *(*)(void *))196)(__VA_ARGS__))

// --- printing ----------------------------------------------------------------------------------------------------------

#define SONDE_COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, count, ...) count
#define SONDE_COUNT(...) SONDE_COUNT_(_, ##__VA_ARGS__, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)

// bpf_trace_printk("literal", up to three values). The format goes on the stack, so that no map is needed for it. The
// kernel samples' form is taken too: char fmt[] = "…"; bpf_trace_printk(fmt, sizeof(fmt), values).
#define bpf_trace_printk(fmt, ...) \
  ({ _Static_assert(SONDE_COUNT(__VA_ARGS__) <= (__builtin_constant_p(fmt) ? 3 : 4), \
                    "bpf_trace_printk prints at most 3 values; bpf_printk prints up to 12"); \
     _Static_assert(__builtin_constant_p(fmt) || SONDE_COUNT(__VA_ARGS__), \
                    "the format has to be written in the call itself: bpf_trace_printk(\"…\")"); \
     int printed_; \
     if (__builtin_constant_p(fmt)) { \
       char fmt_[sizeof(fmt)]; \
       __builtin_memcpy(fmt_, fmt, sizeof(fmt_)); \
       printed_ = bpf_trace_printk_(fmt_, sizeof(fmt_), ##__VA_ARGS__); \
     } else { \
       printed_ = ((int (*)(const void *, ...))6)(fmt, ##__VA_ARGS__); \
     } \
     printed_; })

// libbpf's: any number of values up to 12. Up to 3 go through bpf_trace_printk, more need Linux 5.16.
#define SONDE_PRINTK_VALUES(...) \
  SONDE_JOIN(SONDE_VALUES_, SONDE_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define SONDE_JOIN_(a, b) a##b
#define SONDE_JOIN(a, b) SONDE_JOIN_(a, b)
#define SONDE_VALUES_0()
#define SONDE_VALUES_1(x) (u64)(x)
#define SONDE_VALUES_2(x, ...) (u64)(x), SONDE_VALUES_1(__VA_ARGS__)
#define SONDE_VALUES_3(x, ...) (u64)(x), SONDE_VALUES_2(__VA_ARGS__)
#define SONDE_VALUES_4(x, ...) (u64)(x), SONDE_VALUES_3(__VA_ARGS__)
#define SONDE_VALUES_5(x, ...) (u64)(x), SONDE_VALUES_4(__VA_ARGS__)
#define SONDE_VALUES_6(x, ...) (u64)(x), SONDE_VALUES_5(__VA_ARGS__)
#define SONDE_VALUES_7(x, ...) (u64)(x), SONDE_VALUES_6(__VA_ARGS__)
#define SONDE_VALUES_8(x, ...) (u64)(x), SONDE_VALUES_7(__VA_ARGS__)
#define SONDE_VALUES_9(x, ...) (u64)(x), SONDE_VALUES_8(__VA_ARGS__)
#define SONDE_VALUES_10(x, ...) (u64)(x), SONDE_VALUES_9(__VA_ARGS__)
#define SONDE_VALUES_11(x, ...) (u64)(x), SONDE_VALUES_10(__VA_ARGS__)
#define SONDE_VALUES_12(x, ...) (u64)(x), SONDE_VALUES_11(__VA_ARGS__)
#define SONDE_PRINT_FEW(fmt, ...) ((int (*)(const char *, u32, ...))6)(fmt, sizeof(fmt), ##__VA_ARGS__)
#define SONDE_PRINT_MANY(fmt, ...) \
  ({ u64 values_[] = {SONDE_PRINTK_VALUES(__VA_ARGS__)}; bpf_trace_vprintk(fmt, sizeof(fmt), values_, sizeof(values_)); })
#define SONDE_PRINT_0 SONDE_PRINT_FEW
#define SONDE_PRINT_1 SONDE_PRINT_FEW
#define SONDE_PRINT_2 SONDE_PRINT_FEW
#define SONDE_PRINT_3 SONDE_PRINT_FEW
#define SONDE_PRINT_4 SONDE_PRINT_MANY
#define SONDE_PRINT_5 SONDE_PRINT_MANY
#define SONDE_PRINT_6 SONDE_PRINT_MANY
#define SONDE_PRINT_7 SONDE_PRINT_MANY
#define SONDE_PRINT_8 SONDE_PRINT_MANY
#define SONDE_PRINT_9 SONDE_PRINT_MANY
#define SONDE_PRINT_10 SONDE_PRINT_MANY
#define SONDE_PRINT_11 SONDE_PRINT_MANY
#define SONDE_PRINT_12 SONDE_PRINT_MANY
#define bpf_printk(fmt, ...) \
  ({ static const char fmt_[] = fmt; SONDE_JOIN(SONDE_PRINT_, SONDE_COUNT(__VA_ARGS__))(fmt_, ##__VA_ARGS__); })

// --- C in libbpf's style -----------------------------------------------------------------------------------------------

#define SEC(name) __attribute__((section(name), used))
#define BCC_SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int (*name)[val]
#define __ulong(name, val) enum { SONDE_JOIN(name##_, __COUNTER__) = val } name
#define __type(name, val) __typeof__(val) *name
#define __array(name, val) __typeof__(val) *name[]
#define __ksym __attribute__((section(".ksyms")))
#define __kconfig __attribute__((section(".kconfig")))
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_arena __attribute__((btf_decl_tag("arg:arena")))

#include <sonde/registers.h>
#include <sonde/tracing.h>
