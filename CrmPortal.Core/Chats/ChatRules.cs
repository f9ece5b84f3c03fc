using CrmPortal.Core.Platform.Common;

namespace CrmPortal.Core.Chats;

/// <summary>What chats may hold, for both sides.</summary>
internal static class ChatRules
{
    private const int KeyLetters = 43;

    public static string Text(string? text, List<FieldError> errors) =>
        TextRules.Required("Text", text, ChatMessage.TextLength, "Write a message first.", errors);

    public static string? Name(string? name, List<FieldError> errors) => TextRules.Text("Name", name, Chat.NameLength, errors).Value;

    public static string? Email(string? email, List<FieldError> errors)
    {
        var address = TextRules.Text("Email", email, TextRules.EmailLength, errors).Value?.ToLowerInvariant();
        if (address is not null && !TextRules.IsEmail(address)) errors.Add(new("Email", "This is not an e-mail address."));
        return address;
    }

    /// <summary>What a sender calls a message.</summary>
    public static string? MessageKey(string? key) => key is null || (key.Length <= ChatMessage.KeyLength && key.All(IsLetterOfKeys)) ? key
        : throw new RuleViolationException("MessageKey", "This is not the key of a message.");

    /// <summary>Whether this can be a visitor's key: 256 bits in base64url.</summary>
    public static bool IsKey(string? key) => key is { Length: KeyLetters } && key.All(IsLetterOfKeys);

    /// <summary>The address of a page without what it was asked with, which may say more than where it is.</summary>
    public static string? Page(string? page)
    {
        if (!Uri.TryCreate(page, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")) return null;
        var bare = address.GetLeftPart(UriPartial.Path);
        return bare.Length > Chat.PageLength || StoredText.IsUnstorable(bare) ? null : bare;
    }

    private static bool IsLetterOfKeys(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';
}
