// Memory.
#pragma once

#include <asm/page.h>
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/page-flags.h>
#include <linux/sched.h>

#define vma_pages(vma) (((vma)->vm_end - (vma)->vm_start) >> PAGE_SHIFT)
#define page_ref_count(page) atomic_read(&(page)->_refcount)
#define page_count(page) atomic_read(&(page)->_refcount)
#define vma_is_anonymous(vma) ((vma)->vm_ops == NULL)
#define mm_pgtables_bytes(mm) ((unsigned long)(mm)->pgtables_bytes.counter)
#define folio_ref_count(folio) page_ref_count(&(folio)->page)
// How many pages of a kind a process has, without what processors have counted and not yet added. The counters are
// plain ones before Linux 6.2.
#define get_mm_counter(mm, kind) \
  ({ SONDE_RECORD(mm_struct, percpu, struct percpu_counter, rss_stat[4]) *percpu_ = (void *)(mm); \
     SONDE_RECORD(mm_rss_stat, plain, atomic_long_t, count[4]); \
     SONDE_RECORD(mm_struct, plain, struct mm_rss_stat___plain, rss_stat) *plain_ = (void *)percpu_; \
     s64 pages_ = SONDE_FIELD_IN(plain_, rss_stat.count) ? plain_->rss_stat.count[kind].counter \
                                                         : percpu_->rss_stat[kind].count; \
     (unsigned long)(pages_ < 0 ? 0 : pages_); })
#define get_mm_rss(mm) \
  (get_mm_counter(mm, MM_FILEPAGES) + get_mm_counter(mm, MM_ANONPAGES) + get_mm_counter(mm, MM_SHMEMPAGES))
#define get_mm_hiwater_rss(mm) \
  ({ u64 most_ = (mm)->hiwater_rss; u64 now_ = get_mm_rss(mm); most_ > now_ ? most_ : now_; })
