"""Every name that BCC's tools and examples take from kernel headers and that is no type: it compiles, on every kernel
of
the test bed, with the headers that programs name; and what has a value has the kernel's."""

from functools import cache

import pytest

import judge
from compiling import compile_for, program
from test_constants import literal

BLOCK = ("linux/blkdev.h", "linux/blk-mq.h", "linux/blk_types.h", "linux/bio.h")
SOCKETS = ("net/sock.h", "net/inet_sock.h", "net/tcp.h", "net/ipv6.h", "linux/udp.h")
FILES = ("linux/fs.h", "linux/stat.h", "linux/dcache.h")
TASKS = ("linux/sched.h", "uapi/linux/ptrace.h", "linux/mm.h")

# Headers -> expressions with a constant value: compared with the kernel's.
CONSTANT = {
    FILES: """S_ISREG(0100644) S_ISREG(0040755) S_ISSOCK(0140755) S_ISDIR(0040755) S_ISLNK(0120777) S_ISCHR(0020600)
        S_ISBLK(0060600) S_ISFIFO(0010600) MAJOR(0x800011) MINOR(0x800011) MKDEV(8,17) new_encode_dev(0x1234567)
        DNAME_INLINE_LEN FMODE_CREATED O_CREAT O_TMPFILE NAME_MAX PATH_MAX AT_FDCWD EINVAL EPROTONOSUPPORT CAP_OPT_NONE
        DISK_NAME_LEN WRITE READ offsetof(struct~dentry,d_lock) DIV_ROUND_UP(7,2) roundup(7,4) round_up(7,4)
        round_down(7,4) ALIGN(5,8) upper_32_bits(0x123456789aULL) IS_ERR_VALUE(-5L) BIT(5) GENMASK(7,4) ilog2(1000)
        roundup_pow_of_two(1000) order_base_2(1000) IS_ENABLED(CONFIG_NET_NS) IS_ENABLED(CONFIG_64BIT)
        offsetof(struct~file,f_path.dentry) sizeof_field(struct~inode,i_ino) ARRAY_SIZE(((struct~task_struct*)0)->comm)
        MAX_ERRNO LOOKUP_FOLLOW SB_RDONLY KERNEL_VERSION(6,1,300) KERNEL_VERSION(5,4,7)""",
    TASKS: """PAGE_SIZE PAGE_SHIFT PAGE_MASK PF_KTHREAD PF_EXITING TASK_RUNNING TASK_INTERRUPTIBLE TASK_COMM_LEN
        NSEC_PER_MSEC NSEC_PER_USEC NSEC_PER_SEC NICE_TO_PRIO(5) PRIO_TO_NICE(125) MAX_PRIO DEFAULT_PRIO rt_prio(50)
        __PAGE_OFFSET_BASE_L4 __PAGE_OFFSET_BASE_L5 __START_KERNEL_map PFN_UP(5000) PAGE_ALIGN(5000UL) GFP_KERNEL
        PIDTYPE_PID MM_ANONPAGES BITS_PER_LONG offsetof(struct~task_struct,real_parent)""",
    BLOCK: """REQ_OP_MASK REQ_OP_BITS REQ_OP_READ REQ_OP_WRITE REQ_OP_DISCARD REQ_OP_FLUSH REQ_SYNC REQ_META REQ_PRIO
        REQ_FUA REQ_PREFLUSH REQ_RAHEAD REQ_NOWAIT REQ_POLLED REQ_IDLE REQ_BACKGROUND REQ_FAILFAST_MASK REQ_SWAP REQ_DRV
        RQF_STARTED RQF_FLUSH_SEQ RQF_MIXED_MERGE RQF_DONTPREP RQF_FAILED RQF_QUIET RQF_IO_STAT RQF_PM RQF_HASHED
        RQF_STATS RQF_SPECIAL_PAYLOAD RQF_TIMED_OUT RQF_RESV SECTOR_SHIFT SECTOR_SIZE PAGE_SECTORS
        op_is_write(REQ_OP_WRITE) op_is_sync(REQ_OP_READ) op_is_sync(REQ_OP_WRITE) op_is_flush(REQ_FUA)
        op_is_discard(REQ_OP_DISCARD)""",
    SOCKETS: """ntohs(0x1234) htons(0x1234) ntohl(0x12345678) htonl(1) be16_to_cpu(0x1234) cpu_to_be64(1ULL) AF_INET
        AF_INET6 PF_INET6 SOCK_STREAM SCM_RIGHTS IPPROTO_TCP IPPROTO_UDP IPPROTO_MPTCP IPPROTO_ICMPV6 ETH_P_IP
        ETH_P_IPV6 ETH_P_ARP ETH_P_8021Q ETH_P_8021AD ETH_ALEN TCP_CLOSE TCP_SYN_SENT TCP_ESTABLISHED
        TCP_NEW_SYN_RECV TCPF_LISTEN
        SKB_DROP_REASON_NOT_SPECIFIED CMSG_ALIGN(5) CMSG_LEN(5) CMSG_SPACE(5) IN_MULTICAST(0xe0000001)
        offsetof(struct~sock,sk_family) offsetof(struct~sock,sk_state) offsetof(struct~sock,sk_daddr)
        offsetof(struct~sock,sk_rcv_saddr) offsetof(struct~sock,sk_dport) offsetof(struct~sock,sk_num)
        offsetof(struct~sock,sk_v6_daddr) offsetof(struct~sock,sk_v6_rcv_saddr) offsetof(struct~sock,sk_net)
        offsetof(struct~sock,sk_prot) offsetof(struct~sock,sk_bound_dev_if) offsetof(struct~sock,sk_refcnt)
        offsetof(struct~sock,sk_hash) offsetof(struct~sock,sk_cookie) offsetof(struct~sock,sk_flags)
        offsetof(struct~sock,sk_addrpair) offsetof(struct~sock,sk_portpair)
        offsetof(struct~sock,sk_rmem_alloc) offsetof(struct~sock,sk_incoming_cpu) offsetof(struct~sock,sk_node)
        offsetof(struct~inet_sock,inet_daddr) offsetof(struct~inet_sock,inet_rcv_saddr)
        offsetof(struct~inet_sock,inet_dport) offsetof(struct~inet_sock,inet_num) offsetof(struct~inet_sock,inet_sport)
        offsetof(struct~inet_request_sock,ir_rmt_addr) offsetof(struct~inet_request_sock,ir_rmt_port)
        offsetof(struct~inet_request_sock,ir_v6_rmt_addr) offsetof(struct~inet_request_sock,ireq_family)
        offsetof(struct~inet_timewait_sock,tw_daddr) offsetof(struct~inet_timewait_sock,tw_dport)
        offsetof(struct~in6_addr,s6_addr) offsetof(struct~in6_addr,s6_addr32[2])
        sizeof(((struct~in6_addr*)0)->s6_addr16)
        FILTER_CPU COMPACT_CONTINUE NR_FREE_PAGES WMARK_HIGH ITER_UBUF ITER_KVEC NR_SOFTIRQS BPF_F_USER_STACK
        BPF_NOEXIST BPF_F_NO_PREALLOC BPF_RB_RING_SIZE BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB SK_PASS BPF_F_INGRESS""",
}

# Headers -> declarations, and statements that read kernel memory: compiled.
DEREFERENCING = {
    SOCKETS: ("struct sock *sk, struct sk_buff *skb, struct request_sock *req, struct unix_sock *unused", """
        total += sk->sk_state + sk->sk_daddr + ntohs(sk->sk_dport) + sock_net(sk)->ns.inum + sk_fullsock(sk);
        total += inet_sk(sk)->inet_dport + inet_sk(sk)->inet_daddr + inet_sk(sk)->inet_sport + inet_sk(sk)->inet_num;
        total += inet_csk(sk)->icsk_ca_state + tcp_sk(sk)->srtt_us + tcp_snd_cwnd(tcp_sk(sk)) + udp_sk(sk)->len;
        total += tcp_packets_in_flight(tcp_sk(sk)) + sk->sk_v6_daddr.s6_addr[3] + sk->sk_v6_daddr.s6_addr32[0];
        total += TCP_SKB_CB(skb)->tcp_flags + TCP_SKB_CB(skb)->seq + tcp_hdr(skb)->dest + ip_hdr(skb)->saddr;
        total += ipv6_hdr(skb)->nexthdr + udp_hdr(skb)->source + (skb_network_header(skb) - skb->head);
        total += skb_headlen(skb);
        total += skb_transport_offset(skb) + skb_shinfo(skb)->gso_size + skb_dst(skb)->dev->ifindex + skb->len;
        total += inet_rsk(req)->ir_rmt_port + tcp_rsk(req)->snt_isn + SOCK_INODE(sk->sk_socket)->i_ino;
        total += before(1, tcp_sk(sk)->snd_nxt) + skb_queue_len(&sk->sk_receive_queue) + inet6_sk(sk)->hop_limit;
        total += atomic_read(&sk->sk_refcnt.refs) + refcount_read(&sk->sk_refcnt)
            + ipv6_addr_any(&sk->sk_v6_daddr);"""),
    BLOCK: ("struct request *rq, struct bio *bio, struct gendisk *disk", """
        total += blk_rq_bytes(rq) + blk_rq_pos(rq) + blk_rq_sectors(rq) + req_op(rq) + rq_data_dir(rq) + rq_is_sync(rq);
        total += blk_rq_is_passthrough(rq) + bio_op(bio) + bio_data_dir(bio) + bio_sectors(bio) + bio_end_sector(bio);
        total += disk_devt(disk) + get_capacity(disk) + (rq->cmd_flags & REQ_SYNC);"""),
    FILES: ("struct file *file, struct dentry *dentry, struct inode *inode", """
        total += file_inode(file)->i_ino + S_ISREG(file_inode(file)->i_mode) + file_dentry(file)->d_name.len;
        total += i_size_read(inode) + i_uid_read(inode) + imajor(inode) + IS_RDONLY(inode) + d_inode(dentry)->i_ino;
        total += d_really_is_positive(dentry) + IS_ROOT(dentry) + dentry->d_iname[0] + MAJOR(inode->i_sb->s_dev);"""),
    (*TASKS, "linux/cgroup.h", "linux/cred.h", "linux/mmzone.h", "linux/pid.h"): (
        "struct task_struct *task, struct folio *folio, struct page *page, struct zone *zone, struct cgroup *group", """
        total += task_pid_nr(task) + task_tgid_nr(task) + task_ppid_nr(task) + task_nice(task) + task_is_running(task);
        total += task_uid(task).val + cgroup_id(group) + task_dfl_cgroup(task)->level + pid_nr(task_pid(task));
        total += (u64)folio_page(folio, 1) + page_count(page) + high_wmark_pages(zone) + vma_pages(task->mm->owner ? 
            (struct vm_area_struct *)0 : (struct vm_area_struct *)0) + (task->flags & PF_KTHREAD) + user_mode(ctx);
        total += container_of(task, struct task_struct, pid)->tgid + instruction_pointer(ctx) + regs_return_value(ctx);
        total += pid_vnr(task_pid(task)) + rt_task(task) + (u64)page_folio(page) + IS_ERR(task->mm);"""),
    ("linux/scatterlist.h", "linux/uio.h", "linux/math64.h", "linux/list.h", "linux/ktime.h", "linux/device.h"): (
        "struct scatterlist *sg, struct iov_iter *iter, struct list_head *head, struct device *device", """
        total += sg_is_chain(sg) + sg_is_last(sg) + sg_chain_ptr(sg)->length + sg_next(sg)->length + (u64)sg_page(sg);
        total += iov_iter_count(iter) + iter_is_ubuf(iter) + iter_is_iovec(iter) + iter_iov(iter)->iov_len;
        total += div_u64(total, 3) + div64_u64(total, total | 1) + div_s64(-(s64)total, 3) + min_t(u32, 1, total);
        u32 rest; total += div_u64_rem(total, 10, &rest) + rest + do_div(total, 7) + mul_u64_u32_shr(total, 3, 2);
        total += list_empty(head) + list_first_entry(head, struct task_struct, tasks)->pid + ktime_to_ns(5);
        total += dev_name(device)[0] + min(total, 5) + max(total, 5) + clamp(total, 1, 9);"""),
}


def expressions(text):
    return [each.replace("~", " ") for each in text.split()]  # ~ is a blank


@cache
def judged(kernel):
    return judge.values(kernel, [text for texts in CONSTANT.values() for text in expressions(texts)])


@pytest.mark.parametrize("kernel", judge.KERNELS)
@pytest.mark.parametrize("headers", CONSTANT, ids=lambda headers: headers[0])
def test_value_is_the_kernels(kernel, headers, tmp_path):
    values = judged(kernel)
    wanted = expressions(CONSTANT[headers])
    assert [text for text in wanted if text not in values] == [], "the judge does not know these"
    asserts = [f'_Static_assert({"(u32)" if "(" in text else ""}({text}) == {literal(value)}, "{text} is {value}");'
               for text, value in ((text, values[text]) for text in wanted)]
    assert compile_for(kernel, program(*asserts, includes=headers), tmp_path) == ""


@pytest.mark.parametrize("kernel", judge.KERNELS)
@pytest.mark.parametrize("headers", DEREFERENCING, ids=lambda headers: headers[0])
def test_inline_functions_compile(kernel, headers, tmp_path):
    parameters, statements = DEREFERENCING[headers]
    text = program(f"static int use(struct pt_regs *ctx, {parameters}) {{ u64 total = 0; {statements} return total; }}",
                   includes=headers, body=f"return use(ctx{', (void *)PT_REGS_PARM1(ctx)' * parameters.count('*')});")
    assert compile_for(kernel, text, tmp_path) == ""


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_names_of_members_are_the_programs_own_without_the_header(kernel, tmp_path):
    text = program("struct mine { int sk_state, inet_dport, s6_addr, d_lock, sk_daddr, ir_num; };",
                   "static int before(int a) { return a; }", "static int swap(int a) { return a; }",
                   "static int ip_hdr(int a) { return a; }", "static int div_u64(int a) { return a; }",
                   "enum { AF_INET = 77, PF_KTHREAD = 78 };", "#define EINVAL 79",
                   '_Static_assert(AF_INET + PF_KTHREAD + EINVAL == 77 + 78 + 79, "the program\'s own come first");',
                   body="struct mine m = {.sk_state = 1, .s6_addr = 2}; return before(m.sk_state) + swap(m.s6_addr) + "
                        "ip_hdr(m.inet_dport) + div_u64(m.d_lock);")
    assert compile_for(kernel, text, tmp_path) == ""


@pytest.mark.parametrize("kernel", judge.KERNELS)
def test_options_are_the_kernels(kernel, tmp_path):
    told = ("AUDIT BLK_CGROUP CFS_BANDWIDTH CGROUPS COMPACTION CPUSETS DEBUG_LOCK_ALLOC FAIR_GROUP_SCHED "
            "FUNCTION_TRACER FUTEX IPV6 KPROBES MEMCG NET_NS NUMA NUMA_BALANCING PREEMPT_RCU PSI QUOTA RT_GROUP_SCHED "
            "SCHED_CORE SECURITY SLAB SLUB SLUB_CPU_PARTIAL TASK_IO_ACCOUNTING TASK_XACCT THREAD_INFO_IN_TASK "
            "TRANSPARENT_HUGEPAGE UPROBES XFRM 64BIT DYNAMIC_MEMORY_LAYOUT X86_5LEVEL X86_64 RANDOMIZE_MEMORY "
            "ARCH_HAS_SYSCALL_WRAPPER SMP BPF_SYSCALL NET INET").split()
    on = judge.config(kernel)
    lines = [f"#if {'!' if f'CONFIG_{name}' in on else ''}defined(CONFIG_{name})\n#error CONFIG_{name} is wrong\n#endif"
             for name in told]
    assert compile_for(kernel, program(*lines), tmp_path) == ""
