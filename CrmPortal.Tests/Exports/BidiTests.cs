using System.Text;
using CrmPortal.Core.Platform.Exports.Pdf;

namespace CrmPortal.Tests.Exports;

/// <summary>In which direction letters run, as a complete implementation (GNU FriBidi) has it.</summary>
public sealed class BidiTests
{
    [Theory]
    [InlineData("דנה King George 12", "111122222222222222")]
    [InlineData("יוסי כהן (VIP 12)", "11111111112222221")]
    [InlineData("محمد علي Ltd. 2026", "111111111222222222")]
    [InlineData("שלום ABC 123 עולם", "11111222222211111")]
    [InlineData("Ada (דוד) 12", "000001110022")]
    [InlineData("דוד [iPhone 15] ירושלים", "11111222222222111111111")]
    [InlineData("+49 30 123 דוד", "12212212221111")]
    [InlineData("רחוב הרצל 12/3", "11111111112222")]
    [InlineData("a (ב) c", "0001000")]
    [InlineData("א (b) ג", "1112111")]
    [InlineData("א (b ג) 1", "111211112")]
    [InlineData("علي 12% خصم", "11112211111")]
    [InlineData("50€ דוד", "2221111")]
    [InlineData("(א) 1-2 b", "111122212")]
    [InlineData("[}7{[>[€!9ב?569::#7ב+59é", "112111111211222112211222")]
    [InlineData("K%:&דacG}5-וםש{", "000010000001110")]
    [InlineData("ש]שא'ש)0#<G(לבד[1267", "11111112212111112222")]
    [InlineData("לםב( )<(]$#(< }X5KGc74", "1111111111111112222222")]
    [InlineData("(Kébc·#[}</;;{בש", "0000000000000011")]
    [InlineData("הה1;?[]ש['XcGKK€ש?GKKX", "1121111111222221112222")]
    [InlineData("G({#ל()'#ל0·ם/", "00001111112110")]
    [InlineData("9)דשו,+{48450:", "21111111222221")]
    [InlineData(">'0Ké</Kשc€GXG%4[{c}0'aé", "000000001000000000000000")]
    [InlineData("K{)707GX)[-ל6{7#)&/KK225", "000000000001212200000000")]
    [InlineData("ب]-Xل85{!مي.عي$לם€}", "1112122111111111111")]
    [InlineData("]-abו (!/'(", "00001000000")]
    [InlineData("$)!}ווםGG }{66", "11111112222222")]
    [InlineData("025)aK]ו#€[,K", "0000000100000")]
    [InlineData("/09ד5!b[}%;/>", "1221212111111")]
    [InlineData("שאא@)+9-»((658", "11111121111222")]
    [InlineData(">/,<(]#][וה106962", "11111111111222222")]
    [InlineData("-[]87[(?b6$]ה?וש78X2", "00000000000011112200")]
    [InlineData("}·653->cGc{904(][6א-בג", "0000000000000000001111")]
    [InlineData("°]Xيت.ו,+'»·;76{٩٣٣٣,", "000111111111122122220")]
    [InlineData("%}0/cb#5€Kac.6 םהם%'.[", "0000000000000001110000")]
    [InlineData("(aéג>{X165 362X>€ םגה)!א", "000100000000000000111001")]
    [InlineData(".#:{/]ש 2- #٢٣%—@ل", "111111112111221111")]
    [InlineData(",}){>Gלםם64(248", "000000111221222")]
    [InlineData("[+ש#גם].;}[>[(", "11111111111111")]
    [InlineData("))םלב·+אשם+c[{baKc}", "1111111111122222222")]
    [InlineData("\u202Aab \u05D0\u05D1\u202C 1", "022233300")]
    [InlineData("\u05D0 \u2066ab (1)\u2069 2", "111222222112")]
    [InlineData("ab \u2067\u05D0 1 c\u2069 d", "000011212000")]
    [InlineData("\u202Eab 1\u202C \u05D0", "01111111")]
    [InlineData("\u05D0\u200E 1 (b)", "12222222")]
    [InlineData("a\u05D0\u05B8(\u05D1) 1", "01111112")]
    public void Levels_AreThoseOfTheStandard(string text, string expected) => Assert.Equal(expected, Levels(text));

    [Fact]
    public void Levels_OfEachParagraph_AreItsOwn() => Assert.Equal("0001111", Levels("ab\nאב!ג"));

    [Fact]
    public void Levels_WhereAllRunsToTheRight_AreNone() => Assert.Null(Bidi.Levels([.. "King George (12)".Select(c => (int)c)]));

    private static string Levels(string text)
    {
        var levels = Bidi.Levels([.. text.EnumerateRunes().Select(r => r.Value)]);
        return levels is { } found ? string.Concat(found.Levels) : new string('0', text.EnumerateRunes().Count());
    }
}
