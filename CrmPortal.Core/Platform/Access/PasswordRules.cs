namespace CrmPortal.Core.Platform.Access;

/// <summary>What a password must be: long, and not one that everybody tries first. No rules of composition.</summary>
public static class PasswordRules
{
    public const int Shortest = 10;
    public const int Longest = 128;

    public const string TooShort = "The password must have at least 10 characters.";
    public const string TooLong = "The password must have at most 128 characters.";
    public const string TooCommon = "This password is too common. Choose another one.";

    /// <summary>Words that lists of leaked passwords begin with; figures and signs around or instead of letters do not hide them.</summary>
    private static readonly HashSet<string> CommonWords =
    [
        "password", "passwort", "passwordpassword", "passw", "pass", "contrasena", "qwerty", "qwertyuiop", "qwertyqwerty", "qwertyui",
            "qwertz", "qwertzuiop",
        "azerty", "azertyuiop", "asdfghjkl", "asdfasdf", "zxcvbnm", "qazwsx", "qazwsxedc", "qwaszx", "abc", "abcd", "abcdef", "abcdefg",
            "abcdefgh", "abcdefghij",
        "admin", "administrator", "adminadmin", "root", "rootroot", "test", "testtest", "user", "guest", "login", "welcome", "welcometo",
            "letmein", "letmeinnow",
        "iloveyou", "iloveu", "loveyou", "lovely", "sunshine", "princess", "dragon", "monkey", "football", "baseball", "basketball",
            "superman", "batman", "spiderman",
        "starwars", "pokemon", "master", "shadow", "trustno", "changeme", "changemenow", "default", "secret", "topsecret", "access",
            "computer", "internet", "google",
        "facebook", "samsung", "michael", "jennifer", "jordan", "charlie", "daniel", "ashley", "jessica", "summer", "winter", "spring",
            "autumn", "mustang", "ferrari",
        "liverpool", "arsenal", "chelsea", "barcelona", "realmadrid", "chocolate", "butterfly", "whatever", "freedom", "flower", "cookie",
            "killer", "hello", "hellohello",
        "crmportal", "company", "business", "customer", "manager", "support", "demo",
    ];

    private const string Rows = "abcdefghijklmnopqrstuvwxyz 01234567890 qwertyuiop asdfghjkl zxcvbnm qwertzuiop yxcvbnm";

    /// <summary>The sentence that says what is wrong, or null.</summary>
    public static string? Check(string? password)
    {
        if (password is null || password.Length < Shortest) return TooShort;
        if (password.Length > Longest) return TooLong;
        return IsCommon(password) ? TooCommon : null;
    }

    private static bool IsCommon(string password)
    {
        var plain = password.ToLowerInvariant();
        if (plain.Distinct().Count() <= 2 || IsRow(plain) || IsRepeated(plain)) return true;
        // "P4ssw0rd!!2024" is the word "password" to everyone who guesses.
        var trimmed = plain.Trim([.. plain.Where(c => !char.IsAsciiLetterLower(c))]);
        var letters = string.Concat(trimmed.Select(Unmask).Where(char.IsAsciiLetterLower));
        return CommonWords.Contains(letters) || CommonWords.Contains(string.Concat(plain.Where(char.IsAsciiLetterLower)))
            || plain.All(char.IsAsciiDigit);
    }

    private static char Unmask(char c) => c switch { '0' => 'o', '1' => 'i', '3' => 'e', '4' => 'a', '5' => 's', '7' => 't', '@' => 'a',
        '$' => 's', '!' => 'i', _ => c };

    private static bool IsRow(string text)
    {
        var back = string.Concat(text.Reverse());
        return Rows.Contains(text, StringComparison.Ordinal) || Rows.Contains(back, StringComparison.Ordinal)
            || "1234567890123456789012345678901234567890".Contains(text, StringComparison.Ordinal);
    }

    private static bool IsRepeated(string text) =>
        Enumerable.Range(1, 4).Any(length => text.Select((c, i) => c == text[i % length]).All(same => same));
}
