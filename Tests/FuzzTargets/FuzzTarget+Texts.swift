import HTTPTransport
import JSON
import PingOneAPI

extension FuzzTarget {
    /// A template's parts are its value, and it gives what its placeholders are given.
    func checkTemplate(_ value: String) throws(BrokenRule) {
        let template: MappingTemplate
        do {
            template = try MappingTemplate(value)
        } catch {
            let message = error.description
            try require(message.hasPrefix("the placeholder"), "another message: \(message)")
            return
        }
        func spelled(_ part: MappingTemplate.Part) -> String {
            switch part {
            case .text(let text): text
            case .samlSubject: "${samlAssertion.subject}"
            case .providerAttribute(let name): "${providerAttributes.\(name)}"
            }
        }
        let joined = template.parts.map(spelled).joined()
        try require(joined.isSame(as: value), "the parts of \(value) are \(template.parts)")
        for (part, next) in zip(template.parts, template.parts.dropFirst()) {
            if case (.text, .text) = (part, next) { throw BrokenRule(description: "two texts side by side: \(value)") }
        }
        try require(!template.parts.contains(.text("")), "an empty text is a part of \(value)")
        let filled = template.text { "<\($0)>" }
        for name in template.providerAttributes {
            // As bytes: a mark behind the bracket would make one character of the two.
            try require(filled?.utf8.firstRange(of: "<\(name)>".utf8) != nil, "\(name) is not filled in")
        }
        try require(template.text { _ in nil } == (template.hasPlaceholder ? nil : value), "nothing gives something")
    }

    /// What is read can be written and read again; what is not has its place.
    func checkJSON(_ input: [UInt8]) throws(BrokenRule) {
        let text: String
        do {
            text = try JSONValue(parsing: input).text
        } catch {
            try require((0...input.count).contains(error.offset), "an error at \(error.offset) of \(input.count) bytes")
            return
        }
        let again = try? JSONValue(parsing: text).text
        try require(again?.isSame(as: text) == true, "\(text) is read as \(again ?? "no JSON")")
    }

    /// An answer is made of a status (two bytes), a header and, behind an empty line, a body.
    func checkAnswer(_ input: [UInt8]) throws(BrokenRule) {
        guard input.count > 2 else { return }
        let status = 200 + (Int(input[0]) << 8 + Int(input[1])) % 800
        let text = Array(input.dropFirst(2))
        let bodyStart = (text.firstRange(of: Array("\n\n".utf8))?.upperBound) ?? 0
        let response = HTTPResponse(
            status: status,
            headers: HTTPHeaderBlock(bytes: Array(text[..<bodyStart])),
            body: Array(text[bodyStart...])
        )
        switch LinkVerdict(response) {
        case .made(let id):
            try require((200..<300).contains(status), "a link by \(status)")
            try require(isPlain(id), "the link's id is \(id)")
        case .conflict(let problem), .refused(let problem), .blocked(let problem), .unauthorized(let problem),
            .throttled(let problem), .inDoubt(let problem):
            try require(isPlain(problem.summary), "a problem's text is \(problem.summary)")
        }
        if case .refused(_, let error?, _) = TokenVerdict(response) {
            try require(isPlain(error), "the refusal of a token is \(error)")
        }
        let ids =
            (LinkedAccountPage(response)?.accounts.map(\.id) ?? []) + (UserPage(response)?.users.map(\.id) ?? [])
            + (AttributeMappingPage(response)?.mappings.compactMap(\.id) ?? [])
        try require(ids.allSatisfy(isPlain), "ids are \(ids)")
        if let delay = response.retryDelay {
            try require((.zero...RetryAfter.longestDelay).contains(delay), "to wait for \(delay)")
        }
    }

    /// A time that can be read is one that can be waited for.
    func checkTime(_ value: String) throws(BrokenRule) {
        let years = -62_167_219_200...253_402_300_800 as ClosedRange<Int64>  // 0 to 9999
        if let date = HTTPDate(value) {
            try require(years.contains(date.secondsSince1970), "\(value) is at \(date.secondsSince1970)")
        }
        guard let wait = RetryAfter(headerValue: value) else { return }
        try require(RetryAfter(headerValue: " \(value)\t") == wait, "spaces around \(value) matter")
        for now in [years.lowerBound, 0, years.upperBound] {
            let delay = wait.delay(from: HTTPDate(secondsSince1970: now))
            try require((.zero...RetryAfter.longestDelay).contains(delay), "\(value) is to wait for \(delay)")
        }
    }

    /// Nothing that could forge a line of a log or a part of a URL's path.
    private func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
