// Counts of pages.
#pragma once

#define zone_page_state(zone, item) \
  ({ long state_ = (zone)->vm_stat[item].counter; (unsigned long)(state_ < 0 ? 0 : state_); })
