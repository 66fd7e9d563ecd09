/// How numbers and text stand in SVG.
enum SVG {
    /// At most two digits behind the point, and no `-0`.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let whole = "\(sign)\(hundredths.magnitude / 100)"
        let rest = hundredths.magnitude % 100
        if rest == 0 { return whole }
        return rest.isMultiple(of: 10) ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func rectangle(x: Double, y: Double, width: Double, height: Double, _ attributes: String, title: String = "")
        -> String
    {
        let place =
            "x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(max(0, width)))\" height=\"\(number(max(0, height)))\""
        guard !title.isEmpty else { return "<rect \(place) \(attributes)/>" }
        return "<rect \(place) \(attributes)><title>\(XMLText.escaped(title))</title></rect>"
    }

    static func line(x1: Double, y1: Double, x2: Double, y2: Double, _ attributes: String) -> String {
        "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\" \(attributes)/>"
    }

    /// `anchor`: `start`, `middle` or `end`.
    static func text(x: Double, y: Double, anchor: String = "middle", _ text: String) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(XMLText.escaped(text))</text>"
    }

    /// A whole picture with what it says in words.
    ///
    /// `id`: unique in the page.
    static func picture(
        id: String,
        width: Double,
        height: Double,
        title: String,
        description: String,
        _ content: [String]
    ) -> String {
        """
        <svg viewBox="0 0 \(number(width)) \(number(height))" role="img" aria-labelledby="\(id)-t \(id)-d">\
        <title id="\(id)-t">\(XMLText.escaped(title))</title>\
        <desc id="\(id)-d">\(XMLText.escaped(description))</desc>\(content.joined())</svg>
        """
    }
}

/// For which width of the page a chart is drawn; the page shows one of them.
enum ChartSize: String, CaseIterable {
    case wide
    /// For a phone, where a wide chart's text would be too small to read.
    case narrow

    /// In units of the picture, which are pixels where there is room.
    var width: Double {
        switch self {
        case .wide: 880
        case .narrow: 350
        }
    }
}
