using static CrmPortal.Core.Demo.SeedCulture;

namespace CrmPortal.Core.Demo;

/// <summary>Further cultures of Europe, with the Greek and the Cyrillic script.</summary>
internal static class EuropeanCultures
{
    public static IReadOnlyList<SeedCulture> All { get; } =
    [
        new("PL", "pl", 6)
        {
            Female = Words(
                "Zofia Zuzanna Laura Hanna Maja Julia Oliwia Alicja Pola Maria Lena Anna Katarzyna Małgorzata Agnieszka Barbara Ewa Krystyna Elżbieta Teresa Jolanta Żaneta Świętosława Michalina"),
            Male = Words(
                "Nikodem Antoni Jan Aleksander Leon Franciszek Ignacy Jakub Stanisław Mikołaj Piotr Krzysztof Andrzej Tomasz Paweł Michał Marcin Łukasz Grzegorz Jędrzej Wojciech Zbigniew Bożydar Mateusz"),
            Family = Words(
                "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki Pawlak Górski Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski Tomaszewski Pietrzak Zalewski Wróblewski Żółć"),
            FamilyOfWomen = [("ski", "ska"), ("cki", "cka"), ("dzki", "dzka")],
            Cities = Words("Warszawa Kraków Łódź Wrocław Poznań Gdańsk Szczecin Bydgoszcz Lublin Białystok Częstochowa Rzeszów"),
            Streets = Words(
                "ulica_Polna ulica_Leśna ulica_Słoneczna ulica_Krótka ulica_Szkolna ulica_Ogrodowa aleja_Jana_Pawła_II ulica_Lipowa ulica_Brzozowa ulica_Łąkowa"),
            Line = "{0} {1}", PostalCode = "##-###",
        },
        new("IT", "it", 6)
        {
            Female = Words(
                "Sofia Aurora Giulia Ginevra Vittoria Beatrice Alice Ludovica Emma Matilde Anna Camilla Chiara Giorgia Francesca Martina Elena Maria Paola Lucia Rosa Niccolina Desirée"),
            Male = Words(
                "Leonardo Edoardo Tommaso Francesco Alessandro Mattia Lorenzo Gabriele Riccardo Andrea Matteo Giuseppe Antonio Giovanni Marco Luca Stefano Roberto Niccolò Nicolò Davide Paolo Salvatore"),
            Family = Words(
                "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De_Luca Mancini Costa Giordano Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi Caruso Ferrara Galli Martini Leone Longo Gentile Martinelli Vitale Lombardo Serra Coppola De_Santis D'Angelo Marchetti Parisi Villa Conte Ferraro Ferri Fabbri Bianco Marini Grasso Valentini Nicolò Cantù"),
            Cities = Words("Roma Milano Napoli Torino Palermo Genova Bologna Firenze Bari Catania Verona Forlì Cantù"),
            Streets = Words(
                "Via_Roma Via_Garibaldi Corso_Italia Via_Mazzini Piazza_Dante Via_Verdi Via_Marconi Viale_della_Libertà Via_Cavour Via_XX_Settembre"),
            Line = "{0} {1}", PostalCode = "#####",
        },
        new("TR", "tr", 4)
        {
            Female = Words(
                "Zeynep Elif Defne Asel Azra Nehir Eylül Ayşe Fatma Emine Hatice Meryem Gülşah Işıl Çiğdem Özlem Şebnem Büşra Tuğba Ümmühan"),
            Male = Words(
                "Alparslan Yusuf Miraç Göktuğ Ömer Mehmet Mustafa Ahmet Ali Hüseyin Hasan İbrahim İsmail Osman Murat Çağlar Barış Oğuz Şükrü Ünal"),
            Family = Words(
                "Yılmaz Kaya Demir Çelik Şahin Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Yavuz Can Acar Şen Aktaş Güler Yalçın Güneş Bozkurt Bulut Keskin Ünal Turan Gül Özer Işık Kaplan Avcı Sarı Tekin Taş Köse Yüksel Ateş Aksoy Iğdır"),
            Cities = Words("İstanbul Ankara İzmir Bursa Antalya Konya Adana Gaziantep Muğla Şanlıurfa Eskişehir Ağrı"),
            Streets = Words(
                "Atatürk_Caddesi Cumhuriyet_Caddesi İstiklal_Caddesi Gazi_Bulvarı Çınar_Sokak Gül_Sokağı Okul_Sokak Bağdat_Caddesi Şehitler_Caddesi"),
            Line = "{0} No: {1}", PostalCode = "#####",
        },
        new("GR", "el", 3)
        {
            Female = Words(
                "Μαρία Ελένη Αικατερίνη Βασιλική Σοφία Αγγελική Γεωργία Δήμητρα Κωνσταντίνα Παναγιώτα Ιωάννα Χριστίνα Αναστασία Ευαγγελία Ζωή"),
            Male = Words(
                "Γιώργος Δημήτρης Κωνσταντίνος Ιωάννης Νίκος Χρήστος Παναγιώτης Βασίλης Αθανάσιος Μιχάλης Ευάγγελος Σπύρος Αντώνης Ανδρέας Θεόδωρος"),
            Family = Words(
                "Παπαδόπουλος Βλάχος Αγγελόπουλος Νικολαΐδης Γεωργίου Πέτρου Δημητρίου Παππάς Ιωαννίδης Οικονόμου Κωνσταντινίδης Παπαδάκης Μακρής Αντωνίου Καραγιάννης Αλεξίου Χατζής Νικολάου Μιχαηλίδης Χριστοδούλου Σαββίδης Θεοδωρίδης Παπαγεωργίου Αναγνωστόπουλος Δημόπουλος Αθανασίου Λάμπρου Σταύρου Ζαχαρίου Ρήγας"),
            FamilyOfWomen = [("όπουλος", "οπούλου"), ("ίδης", "ίδου"), ("ΐδης", "ΐδου"), ("άκης", "άκη"), ("άχος", "άχου"), ("άς", "ά"),
                ("ής", "ή"), ("άννης", "άννη"), ("ήγας", "ήγα")],
            Cities = Words("Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο Λάρισα Βόλος Ιωάννινα Χανιά"),
            Streets = Words("Ερμού Πανεπιστημίου Τσιμισκή Βενιζέλου Αριστοτέλους Κολοκοτρώνη Αγίου_Δημητρίου Σόλωνος"),
            Line = "{0} {1}", PostalCode = "### ##",
        },
        new("UA", "uk", 4)
        {
            Female = Words(
                "Марія Анна Софія Вікторія Єва Анастасія Олена Наталія Тетяна Людмила Оксана Юлія Ірина Світлана Ольга Дарина Соломія Мар’яна Ганна"),
            Male = Words(
                "Олександр Андрій Сергій Володимир Микола Іван Тарас Богдан Дмитро Юрій Максим Артем Назар Матвій Василь Євген Ігор Олег Остап Григорій"),
            Family = Words(
                "Мельник Шевченко Коваленко Бондаренко Бойко Ткаченко Кравченко Ковальчук Коваль Олійник Шевчук Поліщук Ткачук Савченко Бондар Марченко Руденко Мороз Лисенко Петренко Клименко Кравчук Савчук Кузьменко Пономаренко Павленко Василенко Левченко Харченко Сидоренко Карпенко Гаврилюк Швець Мельничук Романюк Панченко Юрченко Хоменко Захарченко Ґудзь"),
            Cities = Words("Київ Харків Одеса Дніпро Львів Запоріжжя Вінниця Чернівці Полтава Тернопіль"),
            Streets = Words(
                "вулиця_Шевченка вулиця_Франка вулиця_Лесі_Українки вулиця_Соборна вулиця_Незалежності проспект_Миру вулиця_Садова вулиця_Грушевського"),
            Line = "{0}, {1}", PostalCode = "#####",
        },
    ];
}
