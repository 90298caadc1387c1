"""Many entries of a table at one go."""
import ctypes as ct


def _packed(array, size, converted):
    """The array itself if its elements have the right size, otherwise the bytes of converted(element) of each."""
    if ct.sizeof(array) == len(array) * size:
        return array
    return b"".join(bytes(converted(each)) for each in array)


class Batches:
    def items_lookup_batch(self):
        """Every (key, value), as they are."""
        return self._entries()

    def items_lookup_and_delete_batch(self):
        """Every (key, value), taken out of the table."""
        return self._entries(take=True)

    def items_update_batch(self, ct_keys, ct_values):
        """Puts in the entries of two ctypes arrays of the same length."""
        self._check_array(ct_keys)
        self._check_array(ct_values)
        if len(ct_keys) != len(ct_values):
            raise ValueError("keys array length != values array length")
        keys = _packed(ct_keys, self._map.key_size, self._key)
        values = _packed(ct_values, self._map.value_bytes, self._stored)
        self._say_command("UPDATE", self._map.update_elements, keys, values, len(ct_keys))

    def items_delete_batch(self, ct_keys=None):
        """Takes out the keys of a ctypes array; without one, all."""
        if ct_keys is None:
            self._say_command("LOOKUP_AND_DELETE", self._map.elements, True)
            return
        self._check_array(ct_keys)
        keys = _packed(ct_keys, self._map.key_size, self._key)
        self._say_command("DELETE", self._map.remove_elements, keys, len(ct_keys))

    @staticmethod
    def _say_command(command, function, *arguments):
        try:
            return function(*arguments)
        except TypeError:
            raise
        except Exception as error:
            raise Exception("BPF_MAP_%s_BATCH has failed: %s" % (command, error)) from None

    def _check_array(self, array):
        if not isinstance(array, ct.Array):
            raise TypeError("an array of ctypes is wanted, not %s" % type(array).__name__)
        if not 1 <= len(array) <= self.max_entries:
            raise ValueError("Array's length is wrong")

    def _entries(self, take=False):
        command = "LOOKUP_AND_DELETE" if take else "LOOKUP"
        keys, values = self._say_command(command, self._map.elements, take)
        return self._decoded(keys, values)

    def _decoded(self, keys, values):
        key_size, value_size = self._map.key_size, self._map.value_bytes
        Key, Leaf = self.Key, self.Leaf
        for i in range(len(keys) // key_size):
            yield Key.from_buffer_copy(keys, i * key_size), self._shown(Leaf.from_buffer_copy(values, i * value_size))
