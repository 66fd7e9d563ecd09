/// Lends C an array of C strings, in which nil stands for NULL.
func withCStrings<Value>(
    _ texts: [String?],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
) -> Value {
    let copies = unsafe texts.map { text -> UnsafeMutableBufferPointer<CChar>? in
        guard let bytes = text?.utf8CString else { return nil }
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
        _ = unsafe copy.initialize(from: bytes)
        return unsafe copy
    }
    defer { unsafe copies.forEach { unsafe $0?.deallocate() } }
    let pointers = unsafe copies.map { unsafe UnsafePointer($0?.baseAddress) }
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
