import HTTPTransport

extension HTTPResponse {
    /// A reply with this text as its body.
    init(_ status: Int, _ body: String = "", isComplete: Bool = true) {
        self.init(status: status, body: Array(body.utf8), bodyIsComplete: isComplete)
    }
}
