"""Reads whose result is known: of this process's task_struct, files and dentries, and of memory that this process
fills.

Memory of the process stands for the kernel's where exact bytes matter: bpf_probe_read reads either.
"""

import ctypes
import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Callable


@dataclass
class Reading:
    name: str
    body: str
    truth: Callable[["Known"], int]
    head: str = ""


class Matrix(ctypes.Structure):
    _fields_ = [("cells", (ctypes.c_int * 4) * 3), ("letters", (ctypes.c_char * 8) * 2)]


class Inner(ctypes.Structure):
    _fields_ = [("number", ctypes.c_uint64), ("small", ctypes.c_short)]


class Node(ctypes.Structure):
    pass


Node._fields_ = [("next", ctypes.POINTER(Node)), ("number", ctypes.c_int), ("low", ctypes.c_uint, 3),
                 ("middle", ctypes.c_int, 5), ("high", ctypes.c_uint, 24), ("inner", Inner),
                 ("pointers", ctypes.POINTER(Inner) * 3), ("text", ctypes.c_char_p)]

STRUCTS = """
struct matrix_t { int cells[3][4]; char letters[2][8]; };
struct inner_t { u64 number; short small; };
struct node_t {
  struct node_t *next;
  int number;
  unsigned low : 3;
  int middle : 5;
  unsigned high : 24;
  struct inner_t inner;
  struct inner_t *pointers[3];
  const char *text;
};
"""


class Known:
    """This process, and what lies where in its memory."""

    def __init__(self, file):
        self.file = file
        self.fd = file.fileno()
        self.status = os.fstat(self.fd)
        self.matrix = Matrix()
        for row in range(3):
            for column in range(4):
                self.matrix.cells[row][column] = 100 * row + column
        self.matrix.letters[0].value, self.matrix.letters[1].value = b"abcdefg", b"hijklmn"
        self.inners = [Inner(1000 + i, -i) for i in range(3)]
        self.nodes = [Node(number=10 + i, low=i + 5, middle=-3 - i, high=0xABC000 + i) for i in range(3)]
        for i, node in enumerate(self.nodes):
            node.next = ctypes.pointer(self.nodes[(i + 1) % 3])
            node.inner = Inner(500 + i, 7)
            node.text = b"text of node %d" % i
            for j in range(3):
                node.pointers[j] = ctypes.pointer(self.inners[j])

    def places(self) -> dict[str, str]:
        """What a body may name, as C macros."""
        return {"FD": str(self.fd), "MATRIX": f"((struct matrix_t *){ctypes.addressof(self.matrix)}UL)",
                "NODE": f"((struct node_t *){ctypes.addressof(self.nodes[0])}UL)",
                "NODE_ADDRESS": f"{ctypes.addressof(self.nodes[0])}UL"}

    def defines(self) -> str:
        return STRUCTS + "".join(f"#define {name} {value}\n" for name, value in self.places().items())


def parent(_: Known) -> int:
    return os.getppid()


def pid(_: Known) -> int:
    return os.getpid()


def comm(index: int) -> Callable[[Known], int]:
    return lambda _: (Path("/proc/self/comm").read_bytes().rstrip(b"\n") + bytes(16))[index]


def name_letter(index: int) -> Callable[[Known], int]:
    return lambda known: os.path.basename(known.file.name).encode()[index]


def inode(known: Known) -> int:
    return known.status.st_ino


def always(value: int) -> Callable[[Known], int]:
    return lambda _: value


FILE = "task->files->fdt->fd[FD]"
LIST = """
#pragma nounroll
for (int i = 0; i < 5; i++) { %s }
"""

READINGS = [
    # the kernel's own
    Reading("member", "value = task->tgid;", pid),
    Reading("pointer_chain", "value = task->real_parent->tgid;", parent),
    Reading("through_integer",
            "u64 n = bpf_get_current_task(); value = ((struct task_struct *)n)->group_leader->tgid;", pid),
    Reading("member_array_first", "value = (u8)task->comm[0];", comm(0)),
    Reading("member_array_index", "value = (u8)task->comm[2];", comm(2)),
    Reading("member_array_variable_index", "value = (u8)task->comm[bpf_get_current_pid_tgid() % 1 + 3];", comm(3)),
    Reading("member_pointer_index", f"value = (u8){FILE}->f_path.dentry->d_name.name[3];", name_letter(3)),
    Reading("pointer_array", f"value = {FILE}->f_inode->i_ino;", inode),
    Reading("inode_by_path", f"value = {FILE}->f_path.dentry->d_inode->i_ino;", inode),
    Reading("array_of_structs", "value = task->signal->rlim[RLIMIT_NOFILE].rlim_cur;",
            lambda _: resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
    Reading("array_of_structs_by_pointer",
            "struct rlimit *limit = &task->signal->rlim[RLIMIT_NOFILE]; value = limit->rlim_max;",
            lambda _: resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
    Reading("nested_struct", "value = task->cred->uid.val + 5;", lambda _: os.getuid() + 5),
    Reading("namespace_number", "value = task->nsproxy->uts_ns->ns.inum;",
            lambda _: os.stat("/proc/self/ns/uts").st_ino),
    Reading("struct_copy", f"struct path path = {FILE}->f_path; value = (u8)path.dentry->d_name.name[1];",
            name_letter(1)),
    Reading("struct_copy_of_copy", f"struct path path = {FILE}->f_path; struct dentry *dentry = path.dentry; "
            "struct qstr name = dentry->d_name; value = name.len;",
            lambda known: len(os.path.basename(known.file.name))),
    Reading("whole_struct_dereferenced", "value = (*task).tgid;", pid),
    Reading("bit_field_of_kernel", "value = task->in_execve;", always(0)),
    Reading("container_of", "struct list_head *entry = &task->tasks; "
            "value = container_of(entry, struct task_struct, tasks)->tgid;", pid),
    Reading("list_of_children", "struct list_head *own = &task->sibling, *entry = task->real_parent->children.next; "
            + LIST % "if (entry == own) { value = 1; break; } entry = entry->next;", always(1)),
    Reading("memcpy", "char name[16]; memcpy(name, task->comm, 16); value = (u8)name[1];", comm(1)),
    Reading("builtin_memcpy_of_address",
            "char n[16]; __builtin_memcpy(n, &task->comm, 16); value = (u8)n[2];", comm(2)),
    Reading("memcmp", "char own[16]; bpf_get_current_comm(own, 16); value = memcmp(task->comm, own, 8) == 0;",
            always(1)),
    Reading("conditional_base", "value = (task->pid ? task->real_parent : task)->tgid;", parent),
    Reading("conditional_base_other", "value = (task->pid ? task : task->real_parent)->tgid;", pid),
    Reading("address_of_chain", "pid_t p; bpf_probe_read(&p, sizeof(p), &task->real_parent->tgid); value = p;", parent),
    Reading("address_of_chain_kernel",
            "pid_t p; bpf_probe_read_kernel(&p, sizeof(p), &task->real_parent->tgid); value = p;", parent),
    Reading("str_of_member", "char n[16]; bpf_probe_read_kernel_str(n, 16, task->comm); value = (u8)n[0];", comm(0)),
    Reading("comm_pointer", "const char *name = task->comm; value = (u8)name[1] + name[2];",
            lambda known: comm(1)(known) + comm(2)(known)),
    Reading("through_map", "u32 key = 1; u64 kept = (u64)task->real_parent; scratch.update(&key, &kept); "
            "u64 *found = scratch.lookup(&key); if (found) value = ((struct task_struct *)*found)->tgid;", parent),
    Reading("through_map_of_pointers",
            "u32 key = 1; struct task_struct *other = task->real_parent; tasks.update(&key, &other); "
            "struct task_struct **found = tasks.lookup(&key); if (found) value = (*found)->tgid;", parent,
            "BPF_HASH(tasks, u32, struct task_struct *);"),
    Reading("through_map_of_structs", "u32 key = 1; struct stored_t place = {.time = 3, .task = task->real_parent}; "
            "places.update(&key, &place); struct stored_t *found = places.lookup(&key); "
            "if (found) value = found->task->tgid + found->time - 3;", parent,
            "struct stored_t { u64 time; struct task_struct *task; }; BPF_HASH(places, u32, struct stored_t);"),
    Reading("aggregate_initialiser", "struct place_t place = {task->real_parent, 4}; value = place.task->tgid;", parent,
            "struct place_t { struct task_struct *task; u64 time; };"),
    Reading("global", "kept = task->real_parent; value = kept->tgid;", parent, "struct task_struct *kept;"),
    Reading("macro", "value = PARENT(task)->tgid;", parent, "#define PARENT(t) ((t)->real_parent)"),
    Reading("helper", "value = parent_of(task);", parent,
            "static int parent_of(struct task_struct *task) { return task->real_parent->tgid; }"),
    Reading("helper_declared_first", "value = later(task);", parent,
            "static int later(struct task_struct *);\n"
            "static int later(struct task_struct *t) { return t->real_parent->tgid; }"),
    Reading("helper_not_inlined", "value = apart(task);", parent,
            "static __noinline int apart(struct task_struct *t) { return t ? t->real_parent->tgid : 0; }"),
    Reading("helper_with_both_kinds", "struct qstr own = {.len = 4}; "
            f"value = length(&own) * 1000 + length(&{FILE}->f_path.dentry->d_name);",
            lambda known: 4000 + len(os.path.basename(known.file.name)),
            "static int length(const struct qstr *name) { return name->len; }"),
    Reading("helper_with_ctx", "value = task_of(ctx)->tgid;", pid,
            "static struct task_struct *task_of(void *ctx) { return (struct task_struct *)bpf_get_current_task(); }"),
    # memory of known content
    Reading("two_dimensions", "value = MATRIX->cells[1][2];", always(102)),
    Reading("two_dimensions_variable",
            "int i = bpf_get_current_pid_tgid() ? 2 : 0; value = MATRIX->cells[i][i + 1];", always(203)),
    Reading("two_dimensions_row", "int *row = MATRIX->cells[2]; value = row[1];", always(201)),
    Reading("two_dimensions_letters", "value = MATRIX->letters[1][2];", always(ord("j"))),
    Reading("array_of_pointers", "value = NODE->pointers[1]->number;", always(1001)),
    Reading("array_of_pointers_signed", "value = -NODE->pointers[2]->small;", always(2)),
    Reading("pointer_member_letter", "value = NODE->next->text[13];", always(ord("1"))),
    Reading("bit_field_low", "value = NODE->low;", always(5)),
    Reading("bit_field_signed", "value = -NODE->middle;", always(3)),
    Reading("bit_field_high", "value = NODE->next->high;", always(0xABC001)),
    Reading("member_after_bit_fields", "value = NODE->next->inner.number;", always(501)),
    Reading("struct_by_value",
            "struct inner_t inner = NODE->next->next->inner; value = inner.number + inner.small;", always(509)),
    Reading("struct_assigned",
            "struct node_t copy; copy = *NODE; value = copy.next->number + copy.pointers[2]->number;",
            always(11 + 1002)),
    Reading("list", "struct node_t *node = NODE; " + LIST % "value += node->number; node = node->next;",
            always(10 + 11 + 12 + 10 + 11)),
    Reading("pointer_arithmetic", "struct inner_t *inner = NODE->pointers[0]; char *at = (char *)inner; "
            "value = *(u64 *)(at + 0) + *(short *)(at + 8);", always(1000)),
    Reading("integer_address", "u64 address = NODE_ADDRESS; address += 8; value = *(int *)address;", always(10)),
    Reading("pointer_to_pointer", "struct inner_t **all = NODE->pointers; value = all[2]->number;", always(1002)),
    Reading("comparison_of_members",
            "value = NODE->next->next->next == NODE && NODE->number < NODE->next->number;", always(1)),
    Reading("compound_assignment", "value = 1; value += NODE->number; value *= NODE->next->number;", always(11 * 11)),
    Reading("failing_read_is_zero",
            "struct inner_t *nowhere = (struct inner_t *)8; value = nowhere->number + 3;", always(3)),
    Reading("wide_and_narrow", "value = (u8)NODE->inner.number + (u16)NODE->next->inner.number;",
            always((500 & 255) + 501)),
]
