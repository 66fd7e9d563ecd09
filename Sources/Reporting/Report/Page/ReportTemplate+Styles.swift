extension ReportTemplate {
    /// What tells the states apart without colour; the lines are drawn in the colour of the paper.
    static let patterns = """
        <svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
        <pattern id="pattern-already-linked" width="8" height="8" patternUnits="userSpaceOnUse">\
        <circle cx="4" cy="4" r="1.2" class="dot"/></pattern>
        <pattern id="pattern-rejected" width="7" height="7" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><path d="M0 0V7" class="stroke"/></pattern>
        <pattern id="pattern-invalid" width="7" height="7" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(-45)"><path d="M0 0V7" class="stroke"/></pattern>
        <pattern id="pattern-failed" width="6" height="6" patternUnits="userSpaceOnUse">\
        <path d="M3 0V6" class="stroke"/></pattern>
        <pattern id="pattern-unsettled" width="6" height="6" patternUnits="userSpaceOnUse">\
        <circle cx="3" cy="3" r="1.4" class="dot"/></pattern>
        <pattern id="pattern-intended" width="6" height="6" patternUnits="userSpaceOnUse">\
        <path d="M0 3H6" class="stroke"/></pattern>
        <pattern id="pattern-undone" width="8" height="8" patternUnits="userSpaceOnUse">\
        <path d="M0 4H8M4 0V8" class="stroke"/></pattern>
        <pattern id="pattern-unsent" width="8" height="8" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><path d="M0 0V8" class="dot"/></pattern>
        <pattern id="pattern-linked" width="8" height="8" patternUnits="userSpaceOnUse"></pattern>
        <pattern id="pattern-pause" width="6" height="6" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><rect width="6" height="6" class="pause-ground"/>\
        <path d="M0 0V6" class="pause-stroke"/></pattern>
        </defs></svg>
        """

    static let styles = """
        :root { color-scheme: light dark; --paper: #fcfcfa; --ink: #1c2530; --soft: #55606e; --line: #dfe2e6; \
        --card: #f3f4f1; --good: #1d7a4f; --bad: #b3362b; \
        --linked: #2a8a5c; --already-linked: #2f7f98; --rejected: #bf4034; --invalid: #c9702a; --failed: #a8871b; \
        --unsettled: #7a5bb0; --intended: #77808c; --undone: #9a6a84; --unsent: #c9cdd2; \
        --rows: #6aa0c8; --rate: #1c2530; --pause: #c9702a; --latency: #6aa0c8; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e7eaee; --soft: #a3adb9; \
        --line: #333b45; --card: #1d232a; --good: #5cc492; --bad: #f08a7f; \
        --linked: #4fae80; --already-linked: #4fa3bd; --rejected: #e0695d; --invalid: #dd8d4c; --failed: #c9a83f; \
        --unsettled: #a088d6; --intended: #8d97a4; --undone: #bd8aa6; --unsent: #4a535e; \
        --rows: #4d82ab; --rate: #e7eaee; --pause: #dd8d4c; --latency: #4d82ab; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); \
        font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; \
        font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
        main { max-width: 58rem; margin: 0 auto; padding: 2.5rem 1.25rem; }
        .kind { margin: 0; color: var(--soft); }
        h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
        h2 { margin: 0 0 .75rem; font-size: 1.2rem; }
        h3 { margin: 0 0 .5rem; font-size: 1rem; font-weight: 600; overflow-wrap: anywhere; }
        section { margin-top: 3rem; }
        .verdict { margin: 1rem 0 1.25rem; font-size: 1.9rem; line-height: 1.2; font-weight: 650; \
        letter-spacing: -.01em; }
        .tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; }
        .tiles div { flex: 1 1 11rem; padding: .8rem 1rem; background: var(--card); border-radius: .5rem; }
        .tiles dt { color: var(--soft); }
        .tiles dd { margin: 0; font-size: 1.6rem; line-height: 1.2; font-weight: 600; }
        .tiles dd.note { font-size: .875rem; line-height: 1.4; font-weight: 400; }
        .made, .note, figcaption, .legend, footer { color: var(--soft); font-size: .9rem; }
        header h2 { margin-top: 1.75rem; }
        .steps { margin: 0; padding-left: 1.25rem; }
        .steps li { margin: .25rem 0; }
        figure { margin: 1.25rem 0 1.75rem; }
        figcaption { margin-top: .35rem; }
        .legend { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 .5rem; }
        svg { display: block; width: 100%; height: auto; }
        svg text { font-size: 12px; fill: var(--soft); }
        .patterns { position: absolute; width: 0; height: 0; }
        .swatch { display: inline-block; width: 1em; height: 1em; margin-right: .5em; vertical-align: -.12em; }
        .bar svg { border-radius: .375rem; }
        .narrow { display: none; }
        .fill-linked { fill: var(--linked); } .fill-already-linked { fill: var(--already-linked); }
        .fill-rejected { fill: var(--rejected); } .fill-invalid { fill: var(--invalid); }
        .fill-failed { fill: var(--failed); } .fill-unsettled { fill: var(--unsettled); }
        .fill-intended { fill: var(--intended); } .fill-undone { fill: var(--undone); } .fill-unsent { fill: var(--unsent); }
        .stroke { stroke: var(--paper); stroke-width: 1.6; stroke-opacity: .55; fill: none; }
        .dot { fill: var(--paper); fill-opacity: .65; }
        .gap { stroke: var(--paper); stroke-width: 1.5; }
        .grid { stroke: var(--line); stroke-width: 1; }
        .rows { fill: var(--rows); } .latency { fill: var(--latency); }
        .rate { fill: none; stroke: var(--rate); stroke-width: 1.75; }
        .permitted { fill: none; stroke: var(--bad); stroke-width: 1.75; stroke-dasharray: 6 3; }
        .pause-ground { fill: var(--pause); fill-opacity: .18; }
        .pause-stroke { stroke: var(--pause); stroke-width: 2; stroke-opacity: .7; }
        .marker { stroke: var(--ink); stroke-width: 1.25; stroke-dasharray: 4 3; }
        table { width: 100%; margin-top: 1rem; border-collapse: collapse; font-size: .95rem; }
        table.small { width: auto; }
        caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: .35rem; }
        th, td { padding: .45rem 1.25rem .45rem 0; text-align: left; vertical-align: top; \
        border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        thead th { color: var(--soft); font-weight: 500; font-size: .85rem; vertical-align: bottom; \
        overflow-wrap: normal; }
        tbody th { font-weight: 600; }
        th:last-child, td:last-child { padding-right: 0; }
        .small th, .plain { overflow-wrap: normal; }
        td[data-label="Took"] { white-space: nowrap; }
        .small tr.bad td.n { color: var(--bad); font-weight: 600; } .small tr.good td.n { color: var(--good); }
        .time { min-width: 6.5rem; overflow-wrap: normal; }
        .source { min-width: 7rem; }
        .n { text-align: right; white-space: nowrap; }
        code { font: .9em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
        .state { color: var(--soft); font-weight: 400; }
        .detail { display: block; color: var(--soft); font-weight: 400; font-size: .875rem; }
        tr.bad td[data-label="Exit code"] { color: var(--bad); font-weight: 600; }
        tr.good td[data-label="Exit code"] { color: var(--good); font-weight: 600; }
        footer { margin-top: 3rem; border-top: 1px solid var(--line); }
        @media screen and (max-width: 44rem) {
        main { padding: 1.5rem 1rem; }
        .wide { display: none; } .narrow { display: block; }
        .verdict { font-size: 1.5rem; }
        .tiles div { flex-basis: 100%; display: grid; grid-template-columns: 1fr auto; column-gap: 1rem; }
        .tiles dd { grid-column: 2; grid-row: 1 / span 2; align-self: center; }
        .tiles dt, .tiles dd.note { grid-column: 1; grid-row: auto; }
        .stacked, .stacked tbody, .stacked tr, .stacked th, .stacked td, .stacked caption { display: block; }
        .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        .stacked tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
        .stacked th, .stacked td { padding: .1rem 0; border: 0; text-align: left; white-space: normal; }
        .stacked td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
        }
        @media print {
        :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --card: #f3f3f3; --rate: #000; \
        font-size: 10.5pt; }
        @page { margin: 15mm; }
        body { font-size: 1rem; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        main { max-width: none; padding: 0; }
        section { margin-top: 1.5rem; }
        figure, tr, .tiles { break-inside: avoid; }
        h2, h3, caption { break-after: avoid; }
        }
        """
}
