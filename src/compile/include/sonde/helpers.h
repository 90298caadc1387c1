// The kernel's helper functions under their BCC names, which are libbpf's too, and what C in libbpf's style expects.
// A call through a constant pointer is a helper call in BPF; what is not called leaves no trace in the object.
#pragma once

#include <sonde/basic.h>

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static int (*const bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static int (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static int (*const bpf_probe_read)(void *dst, u64 size, const void *unsafe_ptr) = (void *)4;
static u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static int (*const bpf_trace_printk_)(const char *fmt, u64 fmt_size, ...) = (void *)6;
static u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static u64 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static int (*const bpf_skb_store_bytes)(void *ctx, u64 off, const void *from, u64 len, u64 flags) = (void *)9;
static int (*const bpf_l3_csum_replace)(void *ctx, u64 off, u64 from, u64 to, u64 flags) = (void *)10;
static int (*const bpf_l4_csum_replace)(void *ctx, u64 off, u64 from, u64 to, u64 flags) = (void *)11;
static void (*const bpf_tail_call)(void *ctx, void *map, u32 index) = (void *)12;
static int (*const bpf_clone_redirect)(void *ctx, int ifindex, u32 flags) = (void *)13;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;
static int (*const bpf_get_current_comm)(void *buf, int buf_size) = (void *)16;
static u64 (*const bpf_get_cgroup_classid)(void *ctx) = (void *)17;
static u64 (*const bpf_skb_vlan_push)(void *ctx, u16 proto, u16 vlan_tci) = (void *)18;
static u64 (*const bpf_skb_vlan_pop)(void *ctx) = (void *)19;
static int (*const bpf_skb_get_tunnel_key)(void *ctx, void *to, u32 size, u64 flags) = (void *)20;
static int (*const bpf_skb_set_tunnel_key)(void *ctx, const void *from, u32 size, u64 flags) = (void *)21;
static u64 (*const bpf_perf_event_read)(void *map, u64 flags) = (void *)22;
static int (*const bpf_redirect)(int ifindex, u32 flags) = (void *)23;
static u32 (*const bpf_get_route_realm)(void *ctx) = (void *)24;
static int (*const bpf_perf_event_output)(void *ctx, void *map, u64 index, const void *data, u32 size) = (void *)25;
static int (*const bpf_skb_load_bytes)(void *ctx, int offset, void *to, u32 len) = (void *)26;
static int (*const bcc_get_stackid_)(void *ctx, void *map, u64 flags) = (void *)27;
static int (*const bpf_get_stackid)(void *ctx, void *map, u64 flags) = (void *)27;
static int (*const bpf_csum_diff)(const void *from, u64 from_size, void *to, u64 to_size, u64 seed) = (void *)28;
static int (*const bpf_skb_get_tunnel_opt)(void *ctx, void *md, u32 size) = (void *)29;
static int (*const bpf_skb_set_tunnel_opt)(void *ctx, void *md, u32 size) = (void *)30;
static int (*const bpf_skb_change_proto)(void *ctx, u16 proto, u64 flags) = (void *)31;
static int (*const bpf_skb_change_type)(void *ctx, u32 type) = (void *)32;
static int (*const bpf_skb_under_cgroup)(void *ctx, void *map, int index) = (void *)33;
static u32 (*const bpf_get_hash_recalc)(void *ctx) = (void *)34;
static u64 (*const bpf_get_current_task)(void) = (void *)35;
static int (*const bpf_probe_write_user)(void *dst, const void *src, u32 size) = (void *)36;
static int (*const bpf_current_task_under_cgroup)(void *map, int index) = (void *)37;
static int (*const bpf_skb_change_tail)(void *ctx, u32 new_len, u64 flags) = (void *)38;
static int (*const bpf_skb_pull_data)(void *ctx, u32 len) = (void *)39;
static int (*const bpf_csum_update)(void *ctx, u16 csum) = (void *)40;
static int (*const bpf_set_hash_invalid)(void *ctx) = (void *)41;
static int (*const bpf_get_numa_node_id)(void) = (void *)42;
static int (*const bpf_skb_change_head)(void *ctx, u32 len, u64 flags) = (void *)43;
static int (*const bpf_xdp_adjust_head)(void *ctx, int offset) = (void *)44;
static int (*const bpf_probe_read_str)(void *dst, u64 size, const void *unsafe_ptr) = (void *)45;
static u32 (*const bpf_get_socket_cookie)(void *ctx) = (void *)46;
static u64 (*const bpf_get_socket_uid)(void *ctx) = (void *)47;
static int (*const bpf_set_hash)(void *ctx, u32 hash) = (void *)48;
static int (*const bpf_setsockopt)(void *ctx, int level, int optname, void *optval, int optlen) = (void *)49;
static int (*const bpf_skb_adjust_room)(void *ctx, int len_diff, u32 mode, u64 flags) = (void *)50;
static int (*const bpf_redirect_map)(void *map, int key, int flags) = (void *)51;
static int (*const bpf_sk_redirect_map)(void *ctx, void *map, int key, int flags) = (void *)52;
static int (*const bpf_sock_map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)53;
static int (*const bpf_xdp_adjust_meta)(void *ctx, int offset) = (void *)54;
static int (*const bpf_perf_event_read_value)(void *map, u64 flags, void *buf, u32 buf_size) = (void *)55;
static int (*const bpf_perf_prog_read_value)(void *ctx, void *buf, u32 buf_size) = (void *)56;
static int (*const bpf_getsockopt)(void *ctx, int level, int optname, void *optval, int optlen) = (void *)57;
static int (*const bpf_override_return)(void *pt_regs, unsigned long rc) = (void *)58;
static int (*const bpf_sock_ops_cb_flags_set)(void *skops, int flags) = (void *)59;
static int (*const bpf_msg_redirect_map)(void *msg, void *map, u32 key, u64 flags) = (void *)60;
static int (*const bpf_msg_apply_bytes)(void *msg, u32 bytes) = (void *)61;
static int (*const bpf_msg_cork_bytes)(void *msg, u32 bytes) = (void *)62;
static int (*const bpf_msg_pull_data)(void *msg, u32 start, u32 end, u64 flags) = (void *)63;
static int (*const bpf_bind)(void *ctx, void *addr, int addr_len) = (void *)64;
static int (*const bpf_xdp_adjust_tail)(void *ctx, int offset) = (void *)65;
static int (*const bpf_skb_get_xfrm_state)(void *ctx, u32 index, void *xfrm_state, u32 size, u64 flags) = (void *)66;
static int (*const bpf_get_stack)(void *ctx, void *buf, u32 size, u64 flags) = (void *)67;
static int (*const bpf_skb_load_bytes_relative)(void *ctx, u32 offset, void *to, u32 len,
    u32 start_header) = (void *)68;
static int (*const bpf_fib_lookup)(void *ctx, void *params, int plen, u32 flags) = (void *)69;
static int (*const bpf_sock_hash_update)(void *ctx, void *map, const void *key, u64 flags) = (void *)70;
static int (*const bpf_msg_redirect_hash)(void *ctx, void *map, const void *key, u64 flags) = (void *)71;
static int (*const bpf_sk_redirect_hash)(void *ctx, void *map, const void *key, u64 flags) = (void *)72;
static int (*const bpf_lwt_push_encap)(void *skb, u32 type, void *hdr, u32 len) = (void *)73;
static int (*const bpf_lwt_seg6_store_bytes)(void *ctx, u32 offset, const void *from, u32 len) = (void *)74;
static int (*const bpf_lwt_seg6_adjust_srh)(void *ctx, u32 offset, s32 delta) = (void *)75;
static int (*const bpf_lwt_seg6_action)(void *ctx, u32 action, void *param, u32 param_len) = (void *)76;
static int (*const bpf_rc_repeat)(void *ctx) = (void *)77;
static int (*const bpf_rc_keydown)(void *ctx, u32 protocol, u64 scancode, u32 toggle) = (void *)78;
static u64 (*const bpf_skb_cgroup_id)(void *skb) = (void *)79;
static u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static void *(*const bpf_get_local_storage)(void *map, u64 flags) = (void *)81;
static int (*const bpf_sk_select_reuseport)(void *reuse, void *map, const void *key, u64 flags) = (void *)82;
static u64 (*const bpf_skb_ancestor_cgroup_id)(void *skb, int ancestor_level) = (void *)83;
static int (*const bpf_sk_release)(void *sk) = (void *)86;
static int (*const bpf_map_push_elem)(void *map, const void *value, u64 flags) = (void *)87;
static int (*const bpf_map_pop_elem)(void *map, void *value) = (void *)88;
static int (*const bpf_map_peek_elem)(void *map, void *value) = (void *)89;
static int (*const bpf_msg_push_data)(void *skb, u32 start, u32 len, u64 flags) = (void *)90;
static int (*const bpf_msg_pop_data)(void *msg, u32 start, u32 pop, u64 flags) = (void *)91;
static int (*const bpf_rc_pointer_rel)(void *ctx, s32 rel_x, s32 rel_y) = (void *)92;
static void (*const bpf_spin_lock)(void *lock) = (void *)93;
static void (*const bpf_spin_unlock)(void *lock) = (void *)94;
static int (*const bpf_skb_ecn_set_ce)(void *ctx) = (void *)97;
static int (*const bpf_tcp_check_syncookie)(void *sk, const void *ip, int ip_len, const void *tcp,
    int tcp_len) = (void *)100;
static int (*const bpf_sysctl_get_name)(void *ctx, char *buf, size_t buf_len, u64 flags) = (void *)101;
static int (*const bpf_sysctl_get_current_value)(void *ctx, char *buf, size_t buf_len) = (void *)102;
static int (*const bpf_sysctl_get_new_value)(void *ctx, char *buf, size_t buf_len) = (void *)103;
static int (*const bpf_sysctl_set_new_value)(void *ctx, const char *buf, size_t buf_len) = (void *)104;
static int (*const bpf_strtol)(const char *buf, size_t buf_len, u64 flags, long *res) = (void *)105;
static int (*const bpf_strtoul)(const char *buf, size_t buf_len, u64 flags, unsigned long *res) = (void *)106;
static void *(*const bpf_sk_storage_get)(void *map, void *sk, const void *value, u64 flags) = (void *)107;
static int (*const bpf_sk_storage_delete)(void *map, void *sk) = (void *)108;
static int (*const bpf_send_signal)(unsigned sig) = (void *)109;
static s64 (*const bpf_tcp_gen_syncookie)(void *sk, const void *ip, int ip_len, const void *tcp,
    int tcp_len) = (void *)110;
static int (*const bpf_skb_output)(void *ctx, void *map, u64 flags, const void *data, u64 size) = (void *)111;
static int (*const bpf_probe_read_user)(void *dst, u32 size, const void *unsafe_ptr) = (void *)112;
static int (*const bpf_probe_read_kernel)(void *dst, u32 size, const void *unsafe_ptr) = (void *)113;
static int (*const bpf_probe_read_user_str)(void *dst, u32 size, const void *unsafe_ptr) = (void *)114;
static int (*const bpf_probe_read_kernel_str)(void *dst, u32 size, const void *unsafe_ptr) = (void *)115;
static int (*const bpf_tcp_send_ack)(void *tp, u32 rcv_nxt) = (void *)116;
static int (*const bpf_send_signal_thread)(u32 sig) = (void *)117;
static u64 (*const bpf_jiffies64)(void) = (void *)118;
static int (*const bpf_read_branch_records)(void *ctx, void *buf, u32 size, u64 flags) = (void *)119;
static int (*const bpf_get_ns_current_pid_tgid)(u64 dev, u64 ino, void *nsdata, u32 size) = (void *)120;
static int (*const bpf_xdp_output)(void *ctx, void *map, u64 flags, const void *data, u64 size) = (void *)121;
static u64 (*const bpf_get_netns_cookie)(void *ctx) = (void *)122;
static u64 (*const bpf_get_current_ancestor_cgroup_id)(int ancestor_level) = (void *)123;
static int (*const bpf_sk_assign)(void *skb, void *sk, u64 flags) = (void *)124;
static u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static int (*const bpf_seq_printf)(void *m, const char *fmt, u32 fmt_size, const void *data,
    u32 data_len) = (void *)126;
static int (*const bpf_seq_write)(void *m, const void *data, u32 len) = (void *)127;
static u64 (*const bpf_sk_cgroup_id)(void *sk) = (void *)128;
static u64 (*const bpf_sk_ancestor_cgroup_id)(void *sk, int ancestor_level) = (void *)129;
static int (*const bpf_ringbuf_output)(void *ringbuf, const void *data, u64 size, u64 flags) = (void *)130;
static void *(*const bpf_ringbuf_reserve)(void *ringbuf, u64 size, u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *data, u64 flags) = (void *)132;
static void (*const bpf_ringbuf_discard)(void *data, u64 flags) = (void *)133;
static u64 (*const bpf_ringbuf_query)(void *ringbuf, u64 flags) = (void *)134;
static int (*const bpf_csum_level)(void *skb, u64 level) = (void *)135;
static long (*const bpf_get_task_stack)(void *task, void *buf, u32 size, u64 flags) = (void *)141;
static long (*const bpf_load_hdr_opt)(void *skops, void *searchby_res, u32 len, u64 flags) = (void *)142;
static long (*const bpf_store_hdr_opt)(void *skops, const void *from, u32 len, u64 flags) = (void *)143;
static long (*const bpf_reserve_hdr_opt)(void *skops, u32 len, u64 flags) = (void *)144;
static void *(*const bpf_inode_storage_get)(void *map, void *inode, const void *value, u64 flags) = (void *)145;
static int (*const bpf_inode_storage_delete)(void *map, void *inode) = (void *)146;
static long (*const bpf_d_path)(void *path, char *buf, u32 sz) = (void *)147;
static long (*const bpf_copy_from_user)(void *dst, u32 size, const void *user_ptr) = (void *)148;
static long (*const bpf_snprintf_btf)(char *str, u32 str_size, void *ptr, u32 btf_ptr_size, u64 flags) = (void *)149;
static long (*const bpf_seq_printf_btf)(void *m, void *ptr, u32 ptr_size, u64 flags) = (void *)150;
static u64 (*const bpf_skb_cgroup_classid)(void *skb) = (void *)151;
static long (*const bpf_redirect_neigh)(u32 ifindex, void *params, u64 flags) = (void *)152;
static void *(*const bpf_per_cpu_ptr)(const void *percpu_ptr, u32 cpu) = (void *)153;
static void *(*const bpf_this_cpu_ptr)(const void *percpu_ptr) = (void *)154;
static long (*const bpf_redirect_peer)(u32 ifindex, u64 flags) = (void *)155;
static void *(*const bpf_task_storage_get)(void *map, void *task, const void *value, u64 flags) = (void *)156;
static long (*const bpf_task_storage_delete)(void *map, void *task) = (void *)157;
static long (*const bpf_bprm_opts_set)(void *bprm, u64 flags) = (void *)159;
static u64 (*const bpf_ktime_get_coarse_ns)(void) = (void *)160;
static long (*const bpf_ima_inode_hash)(void *inode, void *dst, u32 size) = (void *)161;
static long (*const bpf_check_mtu)(void *ctx, u32 ifindex, u32 *mtu_len, s32 len_diff, u64 flags) = (void *)163;
static long (*const bpf_for_each_map_elem)(void *map, void *callback_fn, void *callback_ctx, u64 flags) = (void *)164;
static long (*const bpf_snprintf)(char *str, u32 str_size, const char *fmt, u64 *data, u32 data_len) = (void *)165;
static long (*const bpf_sys_bpf)(u32 cmd, void *attr, u32 attr_size) = (void *)166;
static long (*const bpf_btf_find_by_name_kind)(char *name, int name_sz, u32 kind, int flags) = (void *)167;
static long (*const bpf_sys_close)(u32 fd) = (void *)168;
static long (*const bpf_timer_init)(void *timer, void *map, u64 flags) = (void *)169;
static long (*const bpf_timer_set_callback)(void *timer, void *callback_fn) = (void *)170;
static long (*const bpf_timer_start)(void *timer, u64 nsecs, u64 flags) = (void *)171;
static long (*const bpf_timer_cancel)(void *timer) = (void *)172;
static u64 (*const bpf_get_func_ip)(void *ctx) = (void *)173;
static u64 (*const bpf_get_attach_cookie)(void *ctx) = (void *)174;
static long (*const bpf_task_pt_regs)(void *task) = (void *)175;
static long (*const bpf_get_branch_snapshot)(void *entries, u32 size, u64 flags) = (void *)176;
static long (*const bpf_trace_vprintk)(const char *fmt, u32 fmt_size, const void *data, u32 data_len) = (void *)177;
static long (*const bpf_kallsyms_lookup_name)(const char *name, int name_sz, int flags, u64 *res) = (void *)179;
static long (*const bpf_find_vma)(void *task, u64 addr, void *callback_fn, void *callback_ctx, u64 flags) = (void *)180;
static long (*const bpf_loop)(u32 nr_loops, void *callback_fn, void *callback_ctx, u64 flags) = (void *)181;
static long (*const bpf_strncmp)(const char *s1, u32 s1_sz, const char *s2) = (void *)182;
static long (*const bpf_get_func_arg)(void *ctx, u32 n, u64 *value) = (void *)183;
static long (*const bpf_get_func_ret)(void *ctx, u64 *value) = (void *)184;
static long (*const bpf_get_func_arg_cnt)(void *ctx) = (void *)185;
static int (*const bpf_get_retval)(void) = (void *)186;
static int (*const bpf_set_retval)(int retval) = (void *)187;
static u64 (*const bpf_xdp_get_buff_len)(void *xdp_md) = (void *)188;
static long (*const bpf_xdp_load_bytes)(void *xdp_md, u32 offset, void *buf, u32 len) = (void *)189;
static long (*const bpf_xdp_store_bytes)(void *xdp_md, u32 offset, void *buf, u32 len) = (void *)190;
static long (*const bpf_copy_from_user_task)(void *dst, u32 size, const void *user_ptr, void *tsk,
    u64 flags) = (void *)191;
static long (*const bpf_skb_set_tstamp)(void *skb, u64 tstamp, u32 tstamp_type) = (void *)192;
static long (*const bpf_ima_file_hash)(void *file, void *dst, u32 size) = (void *)193;
static void *(*const bpf_kptr_xchg)(void *map_value, void *ptr) = (void *)194;
static void *(*const bpf_map_lookup_percpu_elem)(void *map, const void *key, u32 cpu) = (void *)195;
static long (*const bpf_dynptr_from_mem)(void *data, u32 size, u64 flags, void *ptr) = (void *)197;
static long (*const bpf_ringbuf_reserve_dynptr)(void *ringbuf, u32 size, u64 flags, void *ptr) = (void *)198;
static void (*const bpf_ringbuf_submit_dynptr)(void *ptr, u64 flags) = (void *)199;
static void (*const bpf_ringbuf_discard_dynptr)(void *ptr, u64 flags) = (void *)200;
static long (*const bpf_dynptr_read)(void *dst, u32 len, const void *src, u32 offset, u64 flags) = (void *)201;
static long (*const bpf_dynptr_write)(const void *dst, u32 offset, const void *src, u32 len, u64 flags) = (void *)202;
static void *(*const bpf_dynptr_data)(const void *ptr, u32 offset, u32 len) = (void *)203;
static s64 (*const bpf_tcp_raw_gen_syncookie_ipv4)(const void *iph, const void *th, u32 th_len) = (void *)204;
static s64 (*const bpf_tcp_raw_gen_syncookie_ipv6)(const void *iph, const void *th, u32 th_len) = (void *)205;
static long (*const bpf_tcp_raw_check_syncookie_ipv4)(const void *iph, const void *th) = (void *)206;
static long (*const bpf_tcp_raw_check_syncookie_ipv6)(const void *iph, const void *th) = (void *)207;
static u64 (*const bpf_ktime_get_tai_ns)(void) = (void *)208;
static long (*const bpf_user_ringbuf_drain)(void *map, void *callback_fn, void *ctx, u64 flags) = (void *)209;
static void *(*const bpf_cgrp_storage_get)(void *map, void *cgroup, const void *value, u64 flags) = (void *)210;
static long (*const bpf_cgrp_storage_delete)(void *map, void *cgroup) = (void *)211;

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
     int printed_; \
     if (__builtin_constant_p(fmt)) { \
       char fmt_[sizeof(fmt)]; \
       __builtin_memcpy(fmt_, fmt, sizeof(fmt)); \
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

// --- packets by offset: the program ends with 0 when the packet is shorter ---------------------------------------------

unsigned long long load_byte(void *skb, unsigned long long off) __asm__("llvm.bpf.load.byte");
unsigned long long load_half(void *skb, unsigned long long off) __asm__("llvm.bpf.load.half");
unsigned long long load_word(void *skb, unsigned long long off) __asm__("llvm.bpf.load.word");
#define load_dword(skb, off) ((load_word(skb, off) << 32) | load_word(skb, (off) + 4))

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
