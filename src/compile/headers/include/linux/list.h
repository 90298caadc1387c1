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
#define rb_parent(r) ((struct rb_node*)((r)->__rb_parent_color & ~3UL))
#define llist_entry(ptr, type, member) container_of(ptr, type, member)
#define list_entry_is_head(pos, head, member) (&(pos)->member == (head))
#define list_is_first(list, head) ((list)->prev == (head))
#define list_is_last(list, head) ((list)->next == (head))
#define list_is_head(list, head) ((list) == (head))
#define list_empty_careful(head) list_empty(head)
#define list_first_entry_or_null(ptr, type, member)          \
  ({                                                         \
    struct list_head *head_ = (ptr), *node_ = head_->next;   \
    node_ != head_ ? list_entry(node_, type, member) : NULL; \
  })
#define hlist_entry_safe(ptr, type, member)          \
  ({                                                 \
    __typeof__(ptr) node_ = (ptr);                   \
    node_ ? hlist_entry(node_, type, member) : NULL; \
  })
#define is_a_nulls(ptr) ((unsigned long)(ptr) & 1)
#define get_nulls_value(ptr) ((unsigned long)(ptr) >> 1)
#define hlist_nulls_entry(ptr, type, member) container_of(ptr, type, member)
#define hlist_nulls_empty(h) is_a_nulls((h)->first)
#define hlist_bl_first(h) ((struct hlist_bl_node*)((unsigned long)(h)->first & ~1UL))
#define hlist_bl_empty(h) (hlist_bl_first(h) == NULL)
#define hlist_bl_unhashed(h) ((h)->pprev == NULL)
#define rb_entry_safe(ptr, type, member)          \
  ({                                              \
    __typeof__(ptr) node_ = (ptr);                \
    node_ ? rb_entry(node_, type, member) : NULL; \
  })
#define rb_first_cached(root) ((root)->rb_leftmost)
#define RB_EMPTY_ROOT(root) ((root)->rb_node == NULL)
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define rb_is_black(node) ((node)->__rb_parent_color & 1)
#define rb_is_red(node) (!rb_is_black(node))
#define llist_empty(head) ((head)->first == NULL)
