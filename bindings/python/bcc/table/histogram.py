"""Histograms of tables: as pictures, and as dictionaries."""
from time import strftime

stars_max = 40
log2_index_max = 65
linear_index_max = 1025


def _stars(value, value_max, width):
    count = 0
    while count <= width * value / value_max - 1 and count <= width - 1:
        count += 1
    return "*" * count + ("+" if value > value_max else "")


def _last_used(values):
    return max((index for index, value in enumerate(values) if value > 0), default=-1)


def _log2_range(slot):
    """The lowest and highest value that are counted in a slot of a power-of-two histogram."""
    low, high = (1 << slot) >> 1, (1 << slot) - 1
    return (0 if low == high else low), high


def print_log2(values, val_type, strip_leading_zero=False):
    last = _last_used(values)
    if last <= 0:
        return
    wide = last > 32
    header = "               %-29s : count     distribution" if wide else "     %-19s : count     distribution"
    row = "%20d -> %-20d : %-8d |%-*s|" if wide else "%10d -> %-10d : %-8d |%-*s|"
    width = stars_max // 2 if wide else stars_max
    top = max(values)
    print(header % val_type)
    for slot in range(1, last + 1):
        if strip_leading_zero and not values[slot]:
            continue
        strip_leading_zero = False
        low, high = _log2_range(slot)
        print(row % (low, high, values[slot], width, _stars(values[slot], top, width)))


def print_linear(values, val_type):
    last = _last_used(values)
    if last < 0:
        return
    print("     %-13s : count     distribution" % val_type)
    top = max(values)
    for slot in range(last + 1):
        print("        %-10d : %-8d |%-*s|"
              % (slot, values[slot], stars_max, _stars(values[slot], top, stars_max)))


def get_json_hist(vals, val_type, section_bucket=None):
    """A histogram of powers of two as a dictionary: vals[slot] is a count, section_bucket one more (key, value)."""
    data = []
    for slot in range(1, _last_used(vals) + 1):
        low, high = _log2_range(slot)
        data.append({"interval-start": low, "interval-end": high, "count": int(vals[slot])})
    made = {"ts": strftime("%Y-%m-%d %H:%M:%S"), "val_type": val_type, "data": data}
    if section_bucket:
        made[section_bucket[0]] = section_bucket[1]
    return made


class Histograms:
    """What a table offers when its keys are slots, or structs of a bucket and a slot."""

    def decode_c_struct(self, tmp, buckets, bucket_fn, bucket_sort_fn, index_max=log2_index_max):
        """Sorts the entries into tmp {bucket: [value of each slot]}, and their buckets into the list `buckets`."""
        bucket_field, slot_field = self._bucket_and_slot()
        for key, leaf in self.items():
            bucket = getattr(key, bucket_field)
            if bucket_fn:
                bucket = bucket_fn(bucket)
            if bucket not in tmp:
                tmp[bucket] = [0] * index_max
                buckets.append(bucket)
            slot = getattr(key, slot_field)
            _check_slot(slot, index_max)
            tmp[bucket][slot] = leaf.value
        if bucket_sort_fn:
            buckets[:] = bucket_sort_fn(buckets)

    def _bucket_and_slot(self):
        names = [field[0] for field in self.Key._fields_]
        slot = names[2] if names[1] == "__pad_1" and len(names) == 3 else names[1]
        return names[0], slot

    def _has_buckets(self):
        return hasattr(self.Key, "_fields_")

    def _slots(self, index_max):
        values = [0] * index_max
        for key, leaf in self.items():
            _check_slot(key.value, index_max)
            values[key.value] = leaf.value
        return values

    def _sections(self, bucket_fn, bucket_sort_fn, index_max):
        tmp, buckets = {}, []
        self.decode_c_struct(tmp, buckets, bucket_fn, bucket_sort_fn, index_max)
        return [(bucket, tmp[bucket]) for bucket in buckets]

    def _print(self, draw, index_max, section_header, section_print_fn, bucket_fn, bucket_sort_fn):
        if not self._has_buckets():
            draw(self._slots(index_max))
            return
        for bucket, values in self._sections(bucket_fn, bucket_sort_fn, index_max):
            shown = section_print_fn(bucket) if section_print_fn else repr(bucket)
            print("\n%s = %s" % (section_header, shown))
            draw(values)

    def print_log2_hist(self, val_type="value", section_header="Bucket ptr", section_print_fn=None, bucket_fn=None,
                        strip_leading_zero=None, bucket_sort_fn=None):
        """Prints the table as a histogram of powers of two: keys are slots as bpf_log2l() gives them."""
        self._print(lambda values: print_log2(values, val_type, strip_leading_zero), log2_index_max,
                    section_header, section_print_fn, bucket_fn, bucket_sort_fn)

    def print_linear_hist(self, val_type="value", section_header="Bucket ptr", section_print_fn=None, bucket_fn=None,
                          strip_leading_zero=None, bucket_sort_fn=None):
        """Prints the table as a histogram whose slots are the values themselves, up to 1024."""
        self._print(lambda values: print_linear(values, val_type), linear_index_max,
                    section_header, section_print_fn, bucket_fn, bucket_sort_fn)

    def print_json_hist(self, val_type="value", section_header="Bucket ptr", section_print_fn=None, bucket_fn=None,
                        bucket_sort_fn=None):
        """Prints the power-of-two histogram as Python dictionaries, one a line."""
        if not self._has_buckets():
            print(get_json_hist(self._slots(log2_index_max), val_type))
            return
        for bucket, values in self._sections(bucket_fn, bucket_sort_fn, log2_index_max):
            shown = section_print_fn(bucket) if section_print_fn else bucket
            print(get_json_hist(values, val_type, (section_header, shown)))


def _check_slot(slot, index_max):
    if not 0 <= slot < index_max:
        raise IndexError(
            "Index in print_%s_hist() of %d exceeds max of %d."
            % ("linear" if index_max == linear_index_max else "log2", slot, index_max))
