import Glibc

/// The index of the first such byte in `bytes[range]`, found at the speed of `memchr`.
func firstIndex(of byte: UInt8, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    unsafe bytes.withUnsafeBytes { bytes in
        let searched = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
        guard let start = searched.baseAddress, let found = unsafe memchr(start, Int32(byte), searched.count) else {
            return nil
        }
        return unsafe range.lowerBound + (UnsafeRawPointer(found) - start)
    }
}
