using System.Text.Json;

namespace CrmPortal.Core.Orders;

/// <summary>An address as it was on the day of an order.</summary>
public sealed record OrderAddress(string? Name, string? Line1, string? Line2, string? City, string? State, string? PostalCode,
    string? Country)
{
    internal static string? Write(OrderAddress? address) => address is null ? null : JsonSerializer.Serialize(address);

    internal static OrderAddress? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<OrderAddress>(json);
}
