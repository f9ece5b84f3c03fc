using CrmPortal.Core.Tickets;

namespace CrmPortal.Tests.Support;

/// <summary>Stands for the mail that confirms a message of the contact form, which the web program words.</summary>
internal sealed class TestContactLetters : IContactLetters
{
    public (string Subject, string Text) Write(string ticket, string reference, string language) =>
        ($"Receipt {ticket}", $"{language} {reference}");
}
