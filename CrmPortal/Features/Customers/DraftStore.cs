using System.Globalization;

namespace CrmPortal.Features.Customers;

/// <summary>What somebody had typed about a customer when the page was lost, by the names under which the browser keeps it.</summary>
public sealed class DraftStore(IReadOnlyDictionary<string, string> typed)
{
    public static DraftStore Empty { get; } = new(new Dictionary<string, string>());

    /// <summary>Where a control keeps its text.</summary>
    public static string KeyOf(long customerId, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"customer:{customerId}:{name}");

    public string Key(long customerId, string name) => KeyOf(customerId, name);

    public string? Of(long customerId, string name) => typed.GetValueOrDefault(KeyOf(customerId, name));
}
