namespace CrmPortal.Core.Imports;

/// <summary>
/// Understands which column is which field: by the words of its heading, by what its values are, and by what the other columns say. A
/// field comes from one column, and of several that could be it the one with values and with the surest name is taken.
/// </summary>
internal sealed class FileUnderstanding
{
    private const int OfGroup = 100;
    private const int OfSecond = 400;
    private const int OfIndex = 200;
    private const int OfBlank = 1_000;

    private readonly ImportKind _kind;
    private readonly FileProfile _profile;
    private readonly List<Candidate> _candidates = [];
    private readonly HashSet<int> _unfitting = [];
    private readonly Dictionary<string, int> _columns = [];
    private readonly Dictionary<int, (string Field, string Reason, string[] Arguments)> _taken = [];

    private FileUnderstanding(ImportKind kind, IReadOnlyList<ImportField> fields, FileProfile profile)
    {
        (_kind, _profile) = (kind, profile);
        Headings = [.. profile.Columns.Select(c => Heading.Of(c.Name))];
        Gather(fields);
        Assign(fields);
        FamilyNameBehind();
        Wishes(fields);
        UnknownId();
        ByValues(fields);
        Further(ImportFields.Emails);
        Further(ImportFields.Phones);
        if (kind == ImportKind.Orders) Prices();
    }

    /// <summary>Field name → position of its column.</summary>
    public IReadOnlyDictionary<string, int> Columns => _columns;

    private IReadOnlyList<Heading> Headings { get; }

    public static FileUnderstanding Of(ImportKind kind, IReadOnlyList<ImportField> fields, FileProfile profile) =>
        new(kind, fields, profile);

    /// <summary>Whether the columns are those of orders rather than of customers.</summary>
    public static bool AreOrders(FileProfile profile)
    {
        var orders = Of(ImportKind.Orders, ImportFields.Of(ImportKind.Orders, []), profile)._columns;
        if (!orders.ContainsKey(ImportFields.Order)) return false;
        return orders.ContainsKey(ImportFields.Quantity) || orders.ContainsKey(ImportFields.UnitPrice)
            || (orders.ContainsKey(ImportFields.Date) && (orders.ContainsKey(ImportFields.Product)
                || orders.ContainsKey(ImportFields.Description) || orders.ContainsKey(ImportFields.OrderTotal)));
    }

    /// <summary>What is said of the columns where they are used as given.</summary>
    public FileInsight Insight(IReadOnlyDictionary<string, int> used)
    {
        var fieldOf = used.ToDictionary(c => c.Value, c => c.Key);
        return new(KnownLayouts.Of(_profile.Columns.Select(c => Heading.PlainOf(c.Name))),
            [.. _profile.Columns.Select((column, at) => InsightOf(column, at, fieldOf.GetValueOrDefault(at), used))]);
    }

    private ColumnInsight InsightOf(ColumnProfile column, int at, string? field, IReadOnlyDictionary<string, int> used)
    {
        if (field is not null)
            return _taken.TryGetValue(at, out var taken) && taken.Field == field ? new(field, taken.Reason, taken.Arguments)
                : new(field, InsightReasons.ByHand, []);
        if (column.Filled == 0) return new(null, InsightReasons.Blank, []);
        var better = _candidates.Where(c => c.Column == at && used.ContainsKey(c.Field.Name)).Select(c => (int?)used[c.Field.Name])
            .FirstOrDefault();
        if (better is { } other) return new(null, InsightReasons.OtherColumn, [_profile.Columns[other].Name]);
        if (_candidates.Exists(c => c.Column == at && KnownWithoutField.Is(c.Field.Name))) return new(null, InsightReasons.NoField, []);
        return new(null, _unfitting.Contains(at) ? InsightReasons.OtherValues : InsightReasons.Unknown, []);
    }

    private void Gather(IReadOnlyList<ImportField> fields)
    {
        var readings = Headings.Select(h => h.Readings()).ToList();
        var file = new FileContext(readings);
        var all = fields.Concat(KnownWithoutField.Fields).ToList();
        for (var at = 0; at < readings.Count; at++)
        {
            var found = new List<Candidate>();
            foreach (var reading in readings[at])
            {
                foreach (var field in all)
                {
                    var rank = IndexOf(field.Synonyms, reading.Core);
                    if (rank < 0 || !(KnownWithoutField.Is(field.Name) || ColumnFit.Takes(_kind, field.Name, reading.Group))) continue;
                    if (ColumnFit.CanBe(_kind, field, reading, _profile.Columns[at], file))
                        found.Add(new(field, at, reading, rank));
                    else _unfitting.Add(at);
                }
            }

            // The reading that leaves out least is meant: "business name" is no name.
            if (found.Count > 0) _candidates.AddRange(found.Where(c => c.Reading.LeftOut == found.Min(f => f.Reading.LeftOut)));
        }

        if (_kind == ImportKind.Customers) DropOtherAddress();
    }

    /// <summary>The first address that has values is the address; parts of another one do not fill its gaps.</summary>
    private void DropOtherAddress()
    {
        var parts = _candidates.Where(c => ColumnFit.IsAddress(c.Field.Name)).ToList();
        var (first, second) = (parts.Where(c => !IsSecond(c)).ToList(), parts.Where(IsSecond).ToList());
        var isSecondMeant = FilledOf(first) * 5 < FilledOf(second);
        foreach (var part in isSecondMeant ? first.Where(c => c.Field.Name != ImportFields.Country) : second) _candidates.Remove(part);

        long FilledOf(IEnumerable<Candidate> candidates) => candidates.Where(c => c.Field.Name != ImportFields.Country)
            .Sum(c => (long)_profile.Columns[c.Column].Filled);
    }

    private static bool IsSecond(Candidate candidate) => candidate.Reading is { Group: HeadingGroup.Second } or { Index: > 1 };

    private void Assign(IReadOnlyList<ImportField> fields)
    {
        var best = _candidates.GroupBy(c => c.Field.Name).ToDictionary(g => g.Key, g => g.Max(c => _profile.Columns[c.Column].Filled));
        var position = fields.Select((f, i) => (f.Name, i)).ToDictionary(f => f.Name, f => f.i);
        foreach (var candidate in _candidates.Where(c => !KnownWithoutField.Is(c.Field.Name))
            .OrderBy(c => Score(c, best[c.Field.Name])).ThenBy(c => position[c.Field.Name]).ThenBy(c => c.Column))
        {
            if (_columns.ContainsKey(candidate.Field.Name)) continue;
            TakeByName(candidate.Field.Name, candidate);
        }
    }

    private int Score(Candidate candidate, int bestFilled)
    {
        var isFilled = _profile.Columns[candidate.Column].Filled * 5 >= bestFilled;
        return candidate.Rank + (isFilled ? 0 : OfBlank) + (Math.Max(0, candidate.Reading.Index - 1) * OfIndex)
            + candidate.Reading.Group switch
            {
                HeadingGroup.Primary => OfGroup,
                HeadingGroup.Second => OfSecond,
                // What is said of the line itself is surer than what may be said of the order.
                HeadingGroup.Line => -OfGroup,
                _ => 0,
            };
    }

    /// <summary>The words that were left out of a heading, as they stand in it.</summary>
    private string Without(Candidate candidate)
    {
        var (words, core) = (Headings[candidate.Column].Words, candidate.Reading.Core);
        for (var first = 0; first < words.Count; first++)
            for (var end = first + 1; end <= words.Count; end++)
                if (string.Concat(words.Skip(first).Take(end - first)) == core)
                    return string.Join(' ', words.Where((_, at) => at < first || at >= end));
        // A word that is written together with the name, as in "billingcity".
        return string.Concat(words).Replace(core, " ", StringComparison.Ordinal).Trim();
    }

    private void TakeByName(string field, Candidate candidate)
    {
        if (candidate.Reading.LeftOut == 0) Take(field, candidate.Column, InsightReasons.Heading);
        else Take(field, candidate.Column, InsightReasons.HeadingWithout, Without(candidate));
    }

    private void Take(string field, int column, string reason, params string[] arguments)
    {
        if (_taken.ContainsKey(column)) return;
        _columns[field] = column;
        _taken[column] = (field, reason, arguments);
    }

    /// <summary>
    /// What an order costs is said once: by the price of a piece, by that of all pieces of a line, or for the whole order.
    /// </summary>
    private void Prices()
    {
        if (_columns.TryGetValue(ImportFields.UnitPrice, out var price) && LinePrices.AreOfAllPieces(_profile, _columns))
        {
            _columns.Remove(ImportFields.UnitPrice);
            if (_columns.Remove(ImportFields.LineTotal, out var other)) _taken.Remove(other);
            _taken.Remove(price);
            Take(ImportFields.LineTotal, price, InsightReasons.Values);
        }

        var isPriced = _columns.ContainsKey(ImportFields.UnitPrice);
        if (isPriced || !_columns.ContainsKey(ImportFields.Quantity)) Drop(ImportFields.LineTotal);
        if (isPriced || _columns.ContainsKey(ImportFields.LineTotal)) Drop(ImportFields.OrderTotal);
        else if (_columns.ContainsKey(ImportFields.Quantity) && _columns.Remove(ImportFields.OrderTotal, out var total))
        {
            // Beside a quantity a total is the line's.
            _taken.Remove(total);
            Take(ImportFields.LineTotal, total, InsightReasons.Heading);
        }

        void Drop(string field)
        {
            if (_columns.Remove(field, out var column)) _taken.Remove(column);
        }
    }

    /// <summary>Consents and objections, where the values say yes or no, and when they were given.</summary>
    private void Wishes(IReadOnlyList<ImportField> fields)
    {
        for (var at = 0; at < Headings.Count; at++)
        {
            var column = _profile.Columns[at];
            if (_taken.ContainsKey(at) || column.Filled == 0) continue;
            if (WishHeading.FieldOf(Headings[at], column.DateFormats.Count > 0) is not { } field || _columns.ContainsKey(field)
                || fields.All(f => f.Name != field)) continue;
            if (field == ImportFields.ConsentAt
                ? Headings.Any(h => h.Plain.Contains("unsub", StringComparison.Ordinal)) : !column.Look.IsYesNo) continue;
            Take(field, at, InsightReasons.Heading);
        }
    }

    /// <summary>E-mails and phones beside the customer's own, where there is something in them.</summary>
    private void Further(IReadOnlyList<string> names)
    {
        if (!_columns.ContainsKey(names[0])) return;
        var open = names.Skip(1).Where(n => !_columns.ContainsKey(n)).ToList();
        var more = _candidates.Where(c => c.Field.Name == names[0] && _profile.Columns[c.Column].Filled > 0
            && !_taken.ContainsKey(c.Column)).OrderBy(c => Score(c, 0)).DistinctBy(c => c.Column);
        foreach (var (name, candidate) in open.Zip(more))
            TakeByName(name, candidate);
    }

    /// <summary>Beside a given name a column "Name" is the family name, unless it repeats the given one.</summary>
    private void FamilyNameBehind()
    {
        if (_columns.ContainsKey(ImportFields.FamilyName) || !_columns.TryGetValue(ImportFields.GivenName, out var given)
            || !_columns.TryGetValue(ImportFields.FullName, out var name) || Headings[name].Plain != "name") return;
        var rows = _profile.Preview.Where(r => r.Count > Math.Max(given, name) && r[given].Trim().Length > 0 && r[name].Trim().Length > 0)
            .ToList();
        if (rows.Count == 0 || rows.Exists(r => r[name].Contains(r[given].Trim(), StringComparison.OrdinalIgnoreCase))) return;
        _columns.Remove(ImportFields.FullName);
        _taken.Remove(name);
        Take(ImportFields.FamilyName, name, InsightReasons.Heading);
    }

    /// <summary>Where nothing else is the record's id, a column of ids that is named after a system is.</summary>
    private void UnknownId()
    {
        if (_kind != ImportKind.Customers || _columns.ContainsKey(ImportFields.ExternalId)) return;
        var found = Enumerable.Range(0, Headings.Count).Where(i => !_taken.ContainsKey(i) && Headings[i].Words is [.., _, "id"]
            && !Headings[i].Words.Any(HeadingLexicon.OtherThings.Contains)
            && _profile.Columns[i] is { Look: { Repeated: 0, Worded: 0 } } column && column.Filled == _profile.Rows).ToList();
        // "Square Customer ID" says more than "Reference ID".
        var ofPeople = found.Where(i => Headings[i].Words[^2] is "customer" or "contact" or "client" or "member").ToList();
        if (ofPeople.Count == 1) found = ofPeople;
        if (found.Count == 1) Take(ImportFields.ExternalId, found[0], InsightReasons.Values);
    }

    /// <summary>Columns whose names are not known, by what they hold.</summary>
    private void ByValues(IReadOnlyList<ImportField> fields)
    {
        ByValue(ImportFields.Email, look => look.Emails);
        ByValue(ImportFields.Phone, look => look.Phones);
        ByValue(ImportFields.Country, look => look.CountryCodes);

        void ByValue(string field, Func<ColumnLook, int> count)
        {
            if (_columns.ContainsKey(field) || fields.All(f => f.Name != field)) return;
            for (var at = 0; at < Headings.Count; at++)
            {
                var look = _profile.Columns[at].Look;
                if (_taken.ContainsKey(at) || IsKnown(at) || !look.Are(count(look)) || Headings[at].Words.Any(w =>
                    HeadingLexicon.OtherThings.Contains(w))) continue;
                Take(field, at, InsightReasons.Values);
                return;
            }
        }

        bool IsKnown(int at) => _candidates.Exists(c => c.Column == at);
    }

    private static int IndexOf(IReadOnlyList<string> words, string word)
    {
        for (var i = 0; i < words.Count; i++)
            if (words[i] == word) return i;
        return -1;
    }

    private readonly record struct Candidate(ImportField Field, int Column, HeadingReading Reading, int Rank);
}
