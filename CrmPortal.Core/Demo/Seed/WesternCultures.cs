using static CrmPortal.Core.Demo.SeedCulture;

namespace CrmPortal.Core.Demo;

/// <summary>The cultures that most customers come from.</summary>
internal static class WesternCultures
{
    // The regulators' lists of numbers for drama: Ofcom (GB), NANPA 555-01xx (US), Bundesnetzagentur (DE), Arcep (FR).
    private static readonly string[] AmericanAreas =
        Words("201 202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253 254 256 260 262 267 269 270 276 281 301 302 303 304 305 307 308 309 310 312 313 314 315 316 317 318 319 320 321 323 325 330 334 336 337 339 347 351 352 360 361 386 401 402 404 405 406 407 408 409 410 412 413 414 415 417 419 423 425 430 432 434 435 440 443 458 469 470 475 478 479 480 484 501 502 503 504 505 507 508 509 510 512 513 515 516 517 518 520 530 540 541 551 559 561 562 563 567 570 571 573 574 575 580 585 586 601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 630 631 636 641 646 650 651 660 661 662 678 682 701 702 703 704 706 707 708 712 713 714 715 716 717 718 719 720 724 727 731 732 734 740 754 757 760 763 765 770 772 773 774 775 781 785 786 801 802 803 804 805 806 808 810 812 813 814 815 816 817 818 828 830 831 832 843 845 847 848 850 856 857 858 859 860 862 863 864 865 870 901 903 904 906 907 908 909 910 912 913 914 915 916 917 918 919 920 925 928 931 936 937 940 941 947 949 951 952 954 956 970 971 972 973 978 979 980 985 989");

    public static IReadOnlyList<SeedCulture> All { get; } =
    [
        new("GB", "en", 24)
        {
            Female = Words(
                "Olivia Amelia Isla Ava Mia Ivy Lily Isabella Rosie Sophia Grace Willow Freya Florence Emily Ella Poppy Evie Elsie Charlotte Evelyn Sienna Sofia Daisy Phoebe Sophie Alice Harper Matilda Ruby Niamh Bethan Shanice Aisha Priya"),
            Male = Words(
                "Oliver George Harry Noah Jack Leo Arthur Muhammad Oscar Charlie Jacob Thomas Henry William Alfie Freddie Joshua Theo Archie Ethan Alexander Joseph Edward Samuel Lucas Daniel Isaac Max Reuben Rhys Callum Finlay Kwame Imran"),
            Family = Words(
                "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke Khan Lewis James Phillips Mason Mitchell Rose Davis Cox Alexander Stewart Quinn Robson Carter Hughes Edwards Hill Moore Clark Harrison Scott Young Morris Hussain Begum Turner Ward Cooper King Lee Baker Martin Watson Morgan Allen Bailey Parker Bennett Ahmed Griffiths Shaw Cook Simpson Richardson Marshall Collins Carr Bell Miller Murphy Gray Kelly Adams Foster Campbell O'Brien MacDonald Fraser Okafor Fitzgerald Smith-Jones"),
            Cities = Words(
                "London Birmingham Manchester Leeds Glasgow Liverpool Bristol Sheffield Edinburgh Cardiff Leicester Nottingham Newcastle_upon_Tyne Belfast Brighton Norwich Exeter York"),
            Streets = Words(
                "High_Street Station_Road Main_Street Park_Road Church_Road London_Road Victoria_Road Green_Lane Manor_Road Church_Street Park_Avenue Queens_Road Mill_Lane King_Street Market_Square"),
            PostalCode = "@@# #@@",
            FictionPhones = [("+447700900", 3), ("+442079460", 3), ("+441134960", 3), ("+441144960", 3), ("+441154960", 3),
                ("+441164960", 3), ("+441174960", 3), ("+441184960", 3), ("+441214960", 3), ("+441314960", 3), ("+441414960", 3),
                ("+441514960", 3), ("+441614960", 3), ("+441914980", 3), ("+442890180", 3), ("+442920180", 3), ("+441632960", 3)],
        },
        new("US", "en", 17)
        {
            Female = Words(
                "Olivia Emma Charlotte Amelia Sophia Mia Isabella Ava Evelyn Luna Harper Sofia Camila Eleanor Elizabeth Violet Scarlett Emily Hazel Lily Gianna Aurora Penelope Aria Nora Chloe Ellie Mila Avery Layla Abigail Ruth Latoya Guadalupe Keisha"),
            Male = Words(
                "Liam Noah Oliver James Elijah Mateo Theodore Henry Lucas William Benjamin Levi Sebastian Jack Ezra Michael Daniel Leo Owen Samuel Hudson Alexander Asher Luca Ethan John David Jackson Joseph Mason Jayden Tyrone DeShawn José"),
            Family = Words(
                "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson van_der_Berg O'Connor Kowalski"),
            Cities = Words(
                "New_York Los_Angeles Chicago Houston Phoenix Philadelphia San_Antonio San_Diego Dallas Austin Columbus Charlotte Seattle Denver Boston Nashville Portland Detroit Atlanta Minneapolis"),
            Streets = Words(
                "Main_Street Oak_Street Maple_Avenue Cedar_Lane Pine_Street Washington_Avenue Lake_Drive Hill_Road Elm_Street Park_Avenue 2nd_Street Sunset_Boulevard River_Road Lincoln_Way"),
            PostalCode = "#####", FictionPhones = [.. AmericanAreas.Select(a => ($"+1{a}55501", 2))],
        },
        new("DE", "de", 13)
        {
            Female = Words(
                "Anna Emma Mia Hannah Sofia Emilia Lina Marie Lena Clara Lea Ella Leonie Luisa Johanna Laura Nele Sophie Ida Greta Frieda Amelie Julia Katharina Sabine Petra Monika Ursula Zoë Käthe Jana Silke Elif Ayşe"),
            Male = Words(
                "Noah Leon Paul Matteo Ben Elias Finn Felix Henry Louis Luca Jonas Maximilian Emil Theo Lukas Jakob Anton Oskar Moritz Julian Philipp Thomas Michael Andreas Stefan Jürgen Björn Uwe Klaus Günter Sören Mehmet Emre"),
            Family = Words(
                "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Größe Yılmaz von_der_Heide"),
            Cities = Words(
                "Berlin Hamburg München Köln Frankfurt_am_Main Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden Hannover Nürnberg Lübeck Saarbrücken Göttingen"),
            Streets = Words(
                "Hauptstraße Schulstraße Gartenstraße Bahnhofstraße Dorfstraße Bergstraße Birkenweg Lindenstraße Kirchstraße Waldstraße Ringstraße Goethestraße Mühlweg Am_Markt"),
            Line = "{0} {1}", PostalCode = "#####",
            FictionPhones = [("+493023125", 3), ("+494066969", 3), ("+496990009", 3), ("+492214710", 3), ("+498999998", 3),
                ("+4917139200", 2)],
        },
        new("FR", "fr", 10)
        {
            Female = Words(
                "Louise Jade Ambre Alba Emma Rose Alice Romy Anna Lina Léna Mia Lou Julia Chloé Inès Léa Agathe Iris Zoé Manon Camille Marie Nathalie Isabelle Sylvie Françoise Hélène Anaïs Océane Fatima Aïcha"),
            Male = Words(
                "Gabriel Raphaël Léo Louis Maël Noah Jules Adam Arthur Isaac Liam Hugo Gaspard Sacha Paul Lucas Nathan Malo Jean Pierre Michel Philippe Alain Jérôme Benoît François Loïc Grégoire Mohamed Karim Youssef"),
            Family = Words(
                "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefèvre Faure André Mercier Blanc Guérin Boyer Garnier Chevalier François Legrand Gauthier Garcia Perrin Robin Clément Morin Nicolas Henry Roussel Mathieu Gautier Masson Marchand Duval Denis Dumont Marie Lemaire Noël Meyer Dufour Meunier Brun Blanchard Giraud Joly Rivière Lucas Brunet Gaillard Barbier Arnaud Martinez Gérard Roche Renard Schmitt Roy Leroux Colin Vidal Caron Picard Benali D'Angelo"),
            Cities = Words(
                "Paris Marseille Lyon Toulouse Nice Nantes Montpellier Strasbourg Bordeaux Lille Rennes Reims Saint-Étienne Nîmes Besançon Orléans"),
            Streets = Words(
                "rue_de_l'Église rue_Victor_Hugo rue_de_la_République avenue_Jean_Jaurès rue_du_Moulin place_de_la_Mairie rue_des_Écoles boulevard_Gambetta chemin_des_Vignes rue_Pasteur allée_des_Tilleuls"),
            PostalCode = "#####",
            FictionPhones = [("+3319900", 4), ("+3326191", 4), ("+3335301", 4), ("+3346571", 4), ("+3353649", 4), ("+3363998", 4)],
        },
        new("ES", "es", 9)
        {
            Female = Words(
                "Lucía Sofía Martina María Valeria Julia Paula Emma Daniela Carla Alba Noa Alma Sara Carmen Vega Lara Mía Valentina Olivia Claudia Jimena Ana Isabel Pilar Dolores Concepción Rosario Begoña Nerea Íngrid"),
            Male = Words(
                "Hugo Mateo Martín Lucas Leo Daniel Alejandro Manuel Pablo Álvaro Adrián Enzo Mario Diego David Oliver Marco Thiago Javier Antonio José Francisco Juan Carlos Miguel Ángel Íñigo Joaquín Raúl Andrés Óscar"),
            Family = Words(
                "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz Moreno Muñoz Álvarez Romero Gutiérrez Alonso Navarro Torres Domínguez Ramos Vázquez Ramírez Gil Serrano Morales Molina Blanco Suárez Castro Ortega Delgado Ortiz Marín Rubio Núñez Medina Sanz Castillo Iglesias Cortés Garrido Santos Guerrero Lozano Cano Méndez Cruz Prieto Flores Herrera Peña León Márquez Cabrera Gallego Calvo Vidal Campos Vega Reyes Fuentes Carrasco Aguilar Caballero Nieto Santana Vargas Pascual Giménez Herrero Hidalgo Montero Lorenzo Santiago Ibáñez Echeverría de_la_Torre"),
            Cities = Words(
                "Madrid Barcelona Valencia Sevilla Zaragoza Málaga Murcia Palma Bilbao Alicante Córdoba Valladolid Vigo Gijón A_Coruña Cádiz"),
            Streets = Words(
                "Calle_Mayor Calle_Real Calle_de_la_Iglesia Avenida_de_la_Constitución Calle_Nueva Plaza_de_España Calle_del_Sol Calle_San_José Paseo_Marítimo Calle_Cervantes Ronda_Norte"),
            Line = "{0} {1}", PostalCode = "#####",
        },
    ];
}
