// Lists: the entries behind the nodes. Walking one needs a loop with a bound, which is the program's to choose.
#pragma once

#define list_entry(ptr, type, member) container_of(ptr, type, member)
#define list_first_entry(ptr, type, member) list_entry((ptr)->next, type, member)
#define list_last_entry(ptr, type, member) list_entry((ptr)->prev, type, member)
#define list_next_entry(pos, member) list_entry((pos)->member.next, __typeof__(*(pos)), member)
#define list_prev_entry(pos, member) list_entry((pos)->member.prev, __typeof__(*(pos)), member)
#define list_empty(head) ((head)->next == (head))
#define list_is_singular(head) ((head)->next != (head) && (head)->next == (head)->prev)
#define hlist_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_empty(h) ((h)->first == NULL)
#define hlist_unhashed(h) ((h)->pprev == NULL)
#define rb_entry(ptr, type, member) container_of(ptr, type, member)
#define rb_parent(r) ((struct rb_node *)((r)->__rb_parent_color & ~3UL))
#define llist_entry(ptr, type, member) container_of(ptr, type, member)
