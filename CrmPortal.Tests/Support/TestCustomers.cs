using System.Globalization;
using CrmPortal.Core.Customers;

namespace CrmPortal.Tests.Support;

/// <summary>Customers by the thousand, put into the database directly.</summary>
internal static class TestCustomers
{
    private static readonly string[] Given = ["Ada", "José", "Łucja", "Mia", "Noah", "Olga", "Per", "Zoë", "Иван", "花子"];
    private static readonly string[] Family = ["Lovelace", "García", "Nowak", "Müller", "O'Brien", "Petrov", "Nilsson", "Rossi", "Silva",
        "山田"];

    /// <summary>The customer of a number; the same number gives the same customer.</summary>
    public static Customer Make(int number, DateTimeOffset now)
    {
        var text = number.ToString("000000", CultureInfo.InvariantCulture);
        var customer = new Customer
        {
            Number = "CUST-20250101-" + text,
            GivenName = Given[number % Given.Length],
            FamilyName = Family[number / Given.Length % Family.Length],
            Email = number % 4 == 3 ? null : $"person{text}@example.com",
            Phone = number % 3 == 2 ? null : "+4420" + text,
            CreatedAt = now.AddMinutes(-number),
            UpdatedAt = now.AddMinutes(-(number * 7 % 5000)),
            LastInteractionAt = now.AddMinutes(-(number * 13 % 5000)),
        };
        customer.DeriveNames();
        customer.DeriveContacts([]);
        return customer;
    }
}
