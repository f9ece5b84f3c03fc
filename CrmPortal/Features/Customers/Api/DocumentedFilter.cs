using System.Globalization;
using CrmPortal.Api;
using CrmPortal.Core.Customers;
using CrmPortal.Core.Platform.Common;
using CrmPortal.Core.Platform.Filtering;

namespace CrmPortal.Features.Customers;

/// <summary>
/// The parameters of a document's list as a filter of ours: each that is given adds a condition, and all of them hold together. The rules
/// of filters, who may ask for what and the numbers of rows are those of every list thereby.
/// </summary>
internal sealed class DocumentedFilter
{
    private readonly List<FilterExpression> _conditions = [];

    /// <summary>As the list takes it; null where nothing is asked for.</summary>
    public string? Text => _conditions.Count == 0 ? null : new FilterAll(_conditions).ToString();

    public DocumentedFilter YesNo(string field, bool? wanted)
    {
        if (wanted is { } yes) Add(field, yes ? FilterOperator.Yes : FilterOperator.No);
        return this;
    }

    /// <summary>Customers of whom the field is the text, as the field compares it.</summary>
    public DocumentedFilter Is(string field, string? text)
    {
        if (!string.IsNullOrWhiteSpace(text)) Add(field, FilterOperator.Is, text.Trim());
        return this;
    }

    /// <summary>Who has chosen no currency has the shop's.</summary>
    public DocumentedFilter Currency(string? wanted, string shops) =>
        string.Equals(wanted?.Trim(), shops, StringComparison.OrdinalIgnoreCase)
            ? Condition($"any(currency:is:{shops};currency:empty)") : Is("currency", wanted);

    /// <exception cref="ApiException">There is no such country.</exception>
    public DocumentedFilter Country(string? wanted) => string.IsNullOrWhiteSpace(wanted) ? this : Is("country", IsoCodes.CountryOf(wanted)
        ?? throw ApiException.BadField("country", "This is neither the name nor the code of a country, such as India or IN."));

    public DocumentedFilter AnyOf(string field, params IReadOnlyList<string?> values)
    {
        var given = values.Where(v => !string.IsNullOrWhiteSpace(v)).Select(v => v!.Trim()).ToList();
        if (given.Count > 0) Add(field, FilterOperator.Any, [.. given]);
        return this;
    }

    /// <summary>One of a few words, in any case, each of which stands for a filter.</summary>
    /// <exception cref="ApiException">It is none of them.</exception>
    public DocumentedFilter Word(string parameter, string? word, IReadOnlyDictionary<string, string> filters)
    {
        if (string.IsNullOrWhiteSpace(word)) return this;
        if (!filters.TryGetValue(word.Trim().ToLowerInvariant(), out var filter))
            throw ApiException.BadField(parameter, $"It is one of: {string.Join(", ", filters.Keys)}.");
        return Condition(filter);
    }

    public DocumentedFilter Condition(string filter)
    {
        _conditions.AddRange(FilterText.Parse(filter).Items);
        return this;
    }

    /// <summary>A number that both limits may reach.</summary>
    /// <exception cref="ApiException">A limit is no amount of the shop's currency.</exception>
    public DocumentedFilter Range(string field, decimal? least, decimal? most)
    {
        if (least is { } low) _conditions.Add(new FilterNot(Condition(field, FilterOperator.Less, Number(low))));
        if (most is { } high) _conditions.Add(new FilterNot(Condition(field, FilterOperator.More, Number(high))));
        return this;

        static string Number(decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);
    }

    /// <summary>From the beginning of a day or from an instant on, and before another one.</summary>
    /// <param name="names">What the parameters are called, for who writes no date.</param>
    /// <exception cref="ApiException">It is neither a day nor an instant.</exception>
    public DocumentedFilter Dates(string field, string? since, string? before, (string Since, string Before) names)
    {
        if (!string.IsNullOrWhiteSpace(since))
        {
            // Who has no such date has none that is late enough.
            if (CustomerFilters.Catalogue.Find(field) is { IsOptional: true }) Add(field, FilterOperator.Present);
            _conditions.Add(new FilterNot(Condition(field, FilterOperator.Before, Moment(since, names.Since))));
        }

        if (!string.IsNullOrWhiteSpace(before)) Add(field, FilterOperator.Before, Moment(before, names.Before));
        return this;
    }

    private void Add(string field, FilterOperator comparison, params IReadOnlyList<string> values) =>
        _conditions.Add(Condition(field, comparison, values));

    private static FilterCondition Condition(string field, FilterOperator comparison, params IReadOnlyList<string> values) =>
        new(field, comparison, [.. values.Select(StoredText.Composed)]);

    private static string Moment(string text, string parameter)
    {
        var typed = text.Trim();
        if (DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) return typed;
        return typed.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(typed, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
            : throw ApiException.BadField(parameter, "Write a day such as 2025-10-01, or an instant such as 2025-10-01T08:30:00Z.");
    }
}
