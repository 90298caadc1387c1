"""Reads of the kernel that BCC's rewriter gets wrong or refuses, or that people write in unusual ways: all yield what C
says."""

import os

from readings import FILE, Reading, always, comm, name_letter, parent, pid



def letters(known) -> int:
    """Of the file's name, one byte each."""
    return int.from_bytes(os.path.basename(known.file.name).encode()[:4], "little")


PROVENANCE = [
    Reading("cast_of_member_without_variable", "value = ((struct task_struct *)task->real_parent)->tgid;", parent),
    Reading("cast_of_call_without_variable",
            "value = ((struct task_struct *)bpf_get_current_task())->real_parent->tgid;", parent),
    Reading("cast_through_long",
            "unsigned long n = (unsigned long)task->real_parent; value = ((struct task_struct *)n)->tgid;", parent),
    Reading("cast_through_void", "void *p = task->real_parent; value = ((struct task_struct *)p)->tgid;", parent),
    Reading("arithmetic_on_integer",
            "u64 n = (u64)task + offsetof(struct task_struct, tgid); value = *(pid_t *)n;", pid),
    Reading("integer_in_a_map",
            "u32 key = 2; u64 kept = (u64)task; scratch.update(&key, &kept); u64 *at = scratch.lookup(&key); if (at) { "
            "u64 n = *at + offsetof(struct task_struct, real_parent); value = (*(struct task_struct **)n)->tgid; }",
            parent),
    Reading("integer_parameter_of_helper", "value = tgid_at((u64)task->real_parent);", parent,
            "static pid_t tgid_at(u64 n) { return ((struct task_struct *)n)->tgid; }"),
    Reading("array_of_pointers_on_the_stack", "struct task_struct *all[2] = {task, task->real_parent}; "
            "int i = bpf_get_current_pid_tgid() ? 1 : 0; value = all[i]->tgid;", parent),
    Reading("pointer_to_own_pointer",
            "struct task_struct *other = task->real_parent, **at = &other; value = (*at)->tgid;", parent),
    Reading("out_parameter_of_helper",
            "struct task_struct *other = 0; give_parent(task, &other); value = other->tgid;", parent,
            "static void give_parent(struct task_struct *t, struct task_struct **to) { *to = t->real_parent; }"),
    Reading("returned_by_helper", "value = parent_of_current()->tgid;", parent,
            "static struct task_struct *parent_of_current(void) "
            "{ return ((struct task_struct *)bpf_get_current_task())->real_parent; }"),
    Reading("returned_by_one_of_two_ways", "value = either(task, task->tgid & 0)->tgid * 2;",
            lambda _: 2 * os.getppid(), "static struct task_struct *either(struct task_struct *t, int own) "
            "{ if (own) return t; return t->real_parent; }"),
    Reading("function_pointer",
            "struct task_struct *(*get)(struct task_struct *) = get_parent; value = get(task)->tgid;", parent,
            "static struct task_struct *get_parent(struct task_struct *t) { return t->real_parent; }"),
    Reading("function_pointers_in_a_table", "value = getters[1](task)->tgid;", parent,
            "static struct task_struct *get_self(struct task_struct *t) { return t; }\n"
            "static struct task_struct *get_other(struct task_struct *t) { return t->real_parent; }\n"
            "static struct task_struct *(*const getters[])(struct task_struct *) = {get_self, get_other};"),
    Reading("helper_first_with_own_memory", "struct hop_t own = {.time = 3}; "
            "value = time_of(&own) * 100 + time_of((struct hop_t *)&MATRIX->cells[1]);",
            always(300 + 102 + (103 << 32)),
            "struct hop_t { struct task_struct *task; u64 time; };\n"
            "static u64 time_of(struct hop_t *h) { return h->time; }"),
    Reading("union_of_pointer_and_number",
            "union both_t both = {.number = (u64)task->real_parent}; value = both.task->tgid;", parent,
            "union both_t { u64 number; struct task_struct *task; };"),
    Reading("union_in_a_map",
            "u32 key = 1; union word_t slot = {}; slot.task = task->real_parent; unions.update(&key, &slot); "
            "union word_t *at = unions.lookup(&key); if (at) value = at->task->tgid;", parent,
            "union word_t { u64 number; struct task_struct *task; }; BPF_HASH(unions, u32, union word_t);"),
    Reading("global_struct", "kept_hop.task = task->real_parent; value = kept_hop.task->tgid;", parent,
            "struct kept_t { struct task_struct *task; }; struct kept_t kept_hop;"),
    Reading("per_cpu_map", "int key = 0; struct task_struct **at = cpus.lookup(&key); "
            "if (at) { *at = task->real_parent; value = (*at)->tgid; }", parent,
            "BPF_PERCPU_ARRAY(cpus, struct task_struct *, 1);"),
    Reading("reader_before_writer", "struct early_t e = {}; fill_early(&e, task); value = read_early(&e);", parent,
            "struct early_t { struct task_struct *task; };\n"
            "static pid_t read_early(struct early_t *e) { return e->task->tgid; }\n"
            "static void fill_early(struct early_t *e, struct task_struct *t) { e->task = t->real_parent; }"),
    Reading("field_of_map_value_written_then_read",
            "u32 key = 1; struct late_t zero = {}, *at = lates.lookup_or_try_init(&key, &zero); "
            "if (at) { at->task = task->real_parent; value = at->task->tgid; }", parent,
            "struct late_t { u64 time; struct task_struct *task; }; BPF_HASH(lates, u32, struct late_t);"),
    Reading("two_levels_in_map_value",
            "u32 key = 1; struct task_struct *other = task; outer_tasks.update(&key, &other); "
            "struct task_struct **at = outer_tasks.lookup(&key); if (at && *at) { struct task_struct *t = *at; "
            "value = t->real_parent->group_leader->tgid; }", parent,
            "BPF_HASH(outer_tasks, u32, struct task_struct *);"),
    Reading("compound_literal", "value = (&(struct lit_t){task->real_parent, 1})->task->tgid;", parent,
            "struct lit_t { struct task_struct *task; int n; };"),
    Reading("nested_aggregate",
            "struct nest_t n = {.in = {.task = task->real_parent}}; value = n.in.task->tgid;", parent,
            "struct nest_t { int a; struct { struct task_struct *task; } in; };"),
    Reading("struct_by_value_to_helper", "struct pass_t p = {task->real_parent, 2}; value = tgid_in(p);", parent,
            "struct pass_t { struct task_struct *task; u64 b; };\n"
            "static pid_t tgid_in(struct pass_t p) { return p.task->tgid; }"),
    Reading("struct_returned_by_helper", "value = made_for(task).task->tgid;", parent,
            "struct made_t { struct task_struct *task; u64 b, c; };\n"
            "static struct made_t made_for(struct task_struct *t) "
            "{ struct made_t m = {t->real_parent, 1, 2}; return m; }"),
]

FORMS = [
    Reading("star_of_pointer", "pid_t *p = &task->tgid; value = *p;", pid),
    Reading("star_of_address_of_chain", "value = *&task->real_parent->tgid;", parent),
    Reading("star_star",
            "struct task_struct **p = (struct task_struct **)&task->real_parent; value = (**p).tgid;", parent),
    Reading("index_swapped", "value = (u8)2[task->comm];", comm(2)),
    Reading("index_of_sum", "value = (u8)*(task->comm + 2) + (task->comm + 1)[2];",
            lambda known: comm(2)(known) + comm(3)(known)),
    Reading("index_negative", "char *end = task->comm + 3; value = (u8)end[-1];", comm(2)),
    Reading("pointer_moved_on", "const char *s = task->comm; s++; value = (u8)*s++; value = value * 256 + (u8)*s;",
            lambda known: comm(1)(known) * 256 + comm(2)(known)),
    Reading("letters_by_loop", f"const unsigned char *s = {FILE}->f_path.dentry->d_name.name; "
            "for (int i = 0; i < 4; i++) value |= (u64)s[i] << (8 * i);", letters),
    Reading("member_pointer_variable_index", f"int i = bpf_get_current_pid_tgid() ? 1 : 0; "
            f"value = (u8){FILE}->f_path.dentry->d_name.name[i];", name_letter(1)),
    Reading("address_of_element",
            "struct rlimit *l = &task->signal->rlim[RLIMIT_NOFILE]; value = (&l[-1])[1].rlim_max == l->rlim_max;",
            always(1)),
    Reading("anonymous_struct_expression",
            f"__typeof__({FILE}->f_path) p = {FILE}->f_path; value = (u8)p.dentry->d_name.name[0];",
            name_letter(0)),
    Reading("anonymous_member_copied",
            "__typeof__(ANONYMOUS->inside) copy = ANONYMOUS->inside; value = copy.b;", always(2),
            "struct anonymous_t { int z; struct { int a, b; } inside; "
            "union { int one; struct { short low, high; }; }; };\n"
            "#define ANONYMOUS ((struct anonymous_t *)&MATRIX->cells[0][0])"),
    Reading("whole_struct_member", "value = (*task->real_parent).tgid + (*task).comm[0] - (u8)task->comm[0];", parent),
    Reading("read_once", "value = READ_ONCE(task->real_parent->tgid);", parent),
    Reading("volatile_pointer", "volatile struct task_struct *t = task; value = t->tgid;", pid),
    Reading("const_pointer", "const struct task_struct *const t = task->real_parent; value = t->tgid;", parent),
    Reading("logical_operators", "value = task->real_parent && task->real_parent->tgid && !task->in_execve;",
            always(1)),
    Reading("comma", "value = (task->pid, task->real_parent)->tgid;", parent),
    Reading("sizeof_member", "value = sizeof(task->comm) + sizeof(task->pid);", always(20)),
    Reading("alignment_of_access", "u64 number; bpf_probe_read_kernel(&number, 8, task->comm); value = number;",
            lambda known: sum(comm(i)(known) << 8 * i for i in range(8))),
    Reading("statement_expression", "value = ({ struct task_struct *t = task->real_parent; t->tgid; });", parent),
    Reading("macro_of_member", "value = ID(task->real_parent->tgid) + ID(task)->tgid;",
            lambda known: parent(known) + pid(known), "#define ID(x) x"),
    Reading("macro_of_arrow", "value = task CHAIN;", parent, "#define CHAIN ->real_parent->tgid"),
    Reading("macro_of_name", "value = task->real_parent->WHAT;", parent, "#define WHAT tgid"),
    Reading("container_of_element", "struct signal_struct *s = task->signal; struct rlimit *l = &s->rlim[3]; "
            "value = container_of(l, struct signal_struct, rlim[3]) == s;", always(1)),
    Reading("offsetof_by_hand", "value = *(pid_t *)((void *)task + offsetof(struct task_struct, tgid));", pid),
    Reading("memcpy_of_struct", f"struct qstr q; memcpy(&q, &{FILE}->f_path.dentry->d_name, sizeof(q)); value = q.len;",
            lambda known: len(os.path.basename(known.file.name))),
    Reading("memmove", "char n[16]; memmove(n, task->comm, 16); value = (u8)n[3];", comm(3)),
    Reading("memcmp_with_literal", "value = memcmp(MATRIX->letters[0], \"abcd\", 4) == 0 "
            "&& memcmp(MATRIX->letters[0], \"abce\", 4) < 0;",
            always(1)),
    Reading("memcmp_of_two_kernel_arrays",
            "value = __builtin_memcmp(task->comm, task->group_leader->comm, 16) == 0;", always(1)),
    Reading("struct_to_map_value",
            f"u32 key = 1; struct qstr zero = {{}}, *at = names.lookup_or_try_init(&key, &zero); "
            f"if (at) {{ *at = {FILE}->f_path.dentry->d_name; value = at->len + (u8)at->name[2]; }}",
            lambda known: len(os.path.basename(known.file.name)) + name_letter(2)(known),
            "BPF_HASH(names, u32, struct qstr);"),
]

BITS = [
    Reading("bit_field_in_condition", "value = NODE->low == 5 ? NODE->next->low : 0;", always(6)),
    Reading("bit_field_to_pointer", "struct node_t *n = NODE->next; value = n->low + n->high;", always(6 + 0xABC001)),
    Reading("bit_fields_copied", "struct node_t copy = *NODE->next; value = copy.low * 1000 - copy.middle;",
            always(6004)),
    Reading("bool_member", "value = BOOLS->yes * 4 + BOOLS->no * 2 + !BOOLS->no;", always(5),
            "struct bools_t { bool yes, no; };\n#define BOOLS ((struct bools_t *)&MATRIX->cells[0][1])"),
    Reading("int128_member", "value = (u64)(*(unsigned __int128 *)&MATRIX->cells[1][0] >> 64);",
            always(102 + (103 << 32))),
    Reading("flexible_array", "value = ((struct flex_t *)&MATRIX->cells[1][0])->rest[2];", always(103),
            "struct flex_t { int count; int rest[]; };"),
    Reading("flexible_array_of_kernel", f"value = ((struct fdtable *)task->files->fdt)->fd[FD]->f_inode->i_ino;",
            lambda known: known.status.st_ino),
    Reading("packed_struct", "value = ((struct tight_t *)&MATRIX->letters[0])->number;",
            always(int.from_bytes(b"bcde", "little")),
            "struct tight_t { char c; int number; } __packed;"),
    Reading("signed_byte", "value = (s64)((struct signed_t *)&NODE->pointers[1]->small)->low == -1;", always(1),
            "struct signed_t { s8 low; };"),
    Reading("enum_member", "value = ((struct chosen_t *)&MATRIX->cells[0][2])->which == SECOND;", always(1),
            "enum which_t { FIRST = 1, SECOND, }; struct chosen_t { enum which_t which; };"),
]

TREACHEROUS = PROVENANCE + FORMS + BITS
